"""hashes of copies, and tries that only met a connector that was down"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    """Bring the change in: older rows have no hash until the worker makes their copies anew."""
    op.add_column('photos', sa.Column('large_sha256', sa.LargeBinary(length=32), nullable=True))
    op.add_column('photos', sa.Column('small_sha256', sa.LargeBinary(length=32), nullable=True))
    op.add_column('photo_deliveries', sa.Column('blocked', sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take the change out again."""
    op.drop_column('photo_deliveries', 'blocked')
    op.drop_column('photos', 'small_sha256')
    op.drop_column('photos', 'large_sha256')
