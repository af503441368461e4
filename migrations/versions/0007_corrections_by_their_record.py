"""corrections are looked up by the record that they correct"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'

INDEX = 'ix_photo_records_replaces_organisation_id_captured_at'


def upgrade() -> None:
    """Bring the change in: few records are corrections, and only those are in the index."""
    columns = ['replaces', 'organisation_id', 'captured_at']
    only = sa.text('replaces IS NOT NULL')
    op.create_index(INDEX, 'photo_records', columns, sqlite_where=only)


def downgrade() -> None:
    """Take the change out again."""
    op.drop_index(INDEX, 'photo_records')
