"""what a client said of its upload, to be told again as tus asks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'


def upgrade() -> None:
    """Bring the change in: of uploads that are under way nothing is known."""
    op.add_column('photo_uploads', sa.Column('said', sa.Text(), nullable=True))


def downgrade() -> None:
    """Take the change out again."""
    op.drop_column('photo_uploads', 'said')
