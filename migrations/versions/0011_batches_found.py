"""a batch's runs are found at once, and each notice of an old import is that of its run again"""

from __future__ import annotations

from alembic import op

revision = '0011'
down_revision = '0010'


def upgrade() -> None:
    """Bring the change in: runs that 0010 put into one batch though each had told alone are their
    own batch again, as their notices' keys say."""
    op.create_index('ix_directory_runs_batch', 'directory_runs', ['batch'])
    op.execute(
        "UPDATE directory_runs SET batch = NULL WHERE EXISTS (SELECT 1 FROM notices"
        " WHERE notices.key = 'directory:told:' || directory_runs.id)"
    )


def downgrade() -> None:
    """Take the change out again."""
    op.drop_index('ix_directory_runs_batch', 'directory_runs')
