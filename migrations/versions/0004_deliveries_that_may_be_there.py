"""deliveries of which the other side may have the photo, and since when one is held up"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'

# Ends of a try, and a lease that nobody gave back, after which the other side may have the photo.
PERHAPS_THERE = """
    UPDATE photo_deliveries SET perhaps_there = 1
    WHERE leased_until > 0 OR error LIKE 'status:5__'
       OR error IN ('timeout', 'broke-off', 'no-ack', 'long-answer', 'fault')
"""


def upgrade() -> None:
    """Bring the change in: of older rows, the last try alone is known."""
    op.add_column('photo_deliveries', sa.Column('perhaps_there', sa.Boolean(), nullable=True))
    op.add_column('photo_deliveries', sa.Column('blocked_since', sa.Integer(), nullable=True))
    op.execute(PERHAPS_THERE)


def downgrade() -> None:
    """Take the change out again."""
    op.drop_column('photo_deliveries', 'blocked_since')
    op.drop_column('photo_deliveries', 'perhaps_there')
