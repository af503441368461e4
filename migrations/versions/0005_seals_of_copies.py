"""the server's seal over what it made of a photo"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'


def upgrade() -> None:
    """Bring the change in: older rows have no seal until the worker makes their copies anew."""
    op.add_column('photos', sa.Column('seal', sa.LargeBinary(length=32), nullable=True))


def downgrade() -> None:
    """Take the change out again."""
    op.drop_column('photos', 'seal')
