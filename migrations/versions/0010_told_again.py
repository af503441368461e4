"""an import's runs are told together, and what a notice says may grow"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'


def upgrade() -> None:
    """Bring the change in: what was told before counts as told when its run was, notices as told
    in the order in which they were made."""
    op.add_column('directory_runs', sa.Column('batch', sa.String(length=36), nullable=True))
    op.execute("UPDATE directory_runs SET batch = import_id")
    op.execute(
        "UPDATE notices SET key = 'directory:told:' || substr(key, length('directory:run:') + 1)"
        " WHERE key LIKE 'directory:run:%'"
    )
    # One change that was told alone: the notice of its run.
    own = (
        "FROM directory_tellings AS own WHERE own.person_id = notices.person_id"
        " AND own.change_id = CAST(substr(key, length('directory:') + 1) AS INTEGER)"
    )
    op.execute(
        f"UPDATE notices SET key = 'directory:told:' || (SELECT own.run_id {own})"
        f" WHERE key GLOB 'directory:[0-9]*' AND EXISTS (SELECT 1 {own})"
    )
    op.add_column('directory_tellings', sa.Column('told_at', sa.Integer(), nullable=True))
    op.execute(
        "UPDATE directory_tellings SET told_at ="
        " (SELECT at FROM directory_runs WHERE directory_runs.id = directory_tellings.run_id)"
        " WHERE EXISTS (SELECT 1 FROM notices"
        " WHERE notices.person_id = directory_tellings.person_id"
        " AND notices.key = 'directory:told:' || directory_tellings.run_id)"
    )
    told = sa.Column('told', sa.Integer(), nullable=False, server_default='0')
    op.add_column('notices', told)
    op.execute(
        "UPDATE notices SET told = created_at * 1000000 + (SELECT count(*) FROM notices AS before"
        " WHERE before.person_id = notices.person_id AND before.id < notices.id)"
    )
    op.drop_index('ix_notices_person_id_read_at_id', 'notices')
    op.create_index('ix_notices_person_id_read_at_told', 'notices', ['person_id', 'read_at', 'told'])
    op.create_index('ix_notices_person_id_told', 'notices', ['person_id', 'told'])


def downgrade() -> None:
    """Take the change out again."""
    op.drop_index('ix_notices_person_id_told', 'notices')
    op.drop_index('ix_notices_person_id_read_at_told', 'notices')
    op.create_index('ix_notices_person_id_read_at_id', 'notices', ['person_id', 'read_at', 'id'])
    op.drop_column('notices', 'told')
    op.drop_column('directory_tellings', 'told_at')
    op.drop_column('directory_runs', 'batch')
