"""what a person is told in the app"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'


def upgrade() -> None:
    """Bring the change in."""
    op.create_table('notices',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('person_id', sa.String(length=36), nullable=False),
    sa.Column('organisation_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('url', sa.String(length=300), nullable=False),
    sa.Column('created_at', sa.Integer(), nullable=False),
    sa.Column('read_at', sa.Integer(), nullable=True),
    sa.Column('withdrawn_at', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_notices_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_notices_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    sa.UniqueConstraint('person_id', 'key', name=op.f('uq_notices_person_id_key'))
    )
    op.create_index('ix_notices_created_at', 'notices', ['created_at'])
    op.create_index('ix_notices_key', 'notices', ['key'])
    op.create_index('ix_notices_organisation_id', 'notices', ['organisation_id'])
    op.create_index('ix_notices_person_id_read_at_id', 'notices', ['person_id', 'read_at', 'id'])


def downgrade() -> None:
    """Take the change out again."""
    op.drop_index('ix_notices_person_id_read_at_id', 'notices')
    op.drop_index('ix_notices_organisation_id', 'notices')
    op.drop_index('ix_notices_key', 'notices')
    op.drop_index('ix_notices_created_at', 'notices')
    op.drop_table('notices')
