"""the directory: offices, entries, their index, sources, imports and changes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'

# An index without its own text: rows are forgotten by the very tokens they were given.
INDEX = """CREATE VIRTUAL TABLE directory_index USING fts5(
    tokens, content='', detail=full, columnsize=0, tokenize="ascii tokenchars '#_@^'")"""


def upgrade() -> None:
    """Bring the change in."""
    op.create_table('directory_counts',
    sa.Column('token', sa.String(length=3), nullable=False),
    sa.Column('counts', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('token', name=op.f('pk_directory_counts'))
    )
    op.create_table('directory_offices',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('sido', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('aliases', sa.String(length=200), nullable=False),
    sa.Column('area_code', sa.String(length=4), nullable=False),
    sa.Column('source_id', sa.String(length=36), nullable=True),
    sa.Column('seen_at', sa.Integer(), nullable=True),
    sa.Column('entries', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('sido', 'sigungu', 'other')", name=op.f('ck_directory_offices_kind')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_directory_offices')),
    sa.UniqueConstraint('name', name=op.f('uq_directory_offices_name'))
    )
    op.create_table('directory_pairs',
    sa.Column('pair', sa.String(length=2), nullable=False),
    sa.PrimaryKeyConstraint('pair', name=op.f('pk_directory_pairs'))
    )
    op.create_table('directory_state',
    sa.Column('name', sa.String(length=16), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_directory_state'))
    )
    op.create_table('directory_sources',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('office', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('label', sa.String(length=120), nullable=False),
    sa.Column('url', sa.String(length=500), nullable=False),
    sa.Column('definition', sa.Text(), nullable=True),
    sa.Column('shipped', sa.String(length=60), nullable=True),
    sa.Column('state', sa.String(length=4), nullable=False),
    sa.Column('tried_at', sa.Integer(), nullable=True),
    sa.Column('next_at', sa.Integer(), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('alarm', sa.String(length=200), nullable=True),
    sa.Column('alarm_at', sa.Integer(), nullable=True),
    sa.CheckConstraint("kind IN ('file', 'pages', 'api', 'demo')", name=op.f('ck_directory_sources_kind')),
    sa.CheckConstraint("state IN ('off', 'on')", name=op.f('ck_directory_sources_state')),
    sa.ForeignKeyConstraint(['office'], ['directory_offices.number'], name=op.f('fk_directory_sources_office')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_sources')),
    sa.UniqueConstraint('shipped', name=op.f('uq_directory_sources_shipped'))
    )
    op.create_index('ix_directory_sources_office', 'directory_sources', ['office'])
    op.create_index('ix_directory_sources_state_next_at', 'directory_sources', ['state', 'next_at'])

    op.create_table('directory_nears',
    sa.Column('person_id', sa.String(length=36), nullable=False),
    sa.Column('sido', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_directory_nears_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_directory_nears'))
    )
    fetch_tables()

    op.create_table('directory_favourites',
    sa.Column('person_id', sa.String(length=36), nullable=False),
    sa.Column('uid', sa.String(length=36), nullable=False),
    sa.Column('organisation_id', sa.String(length=36), nullable=False),
    sa.Column('created_at', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_directory_favourites_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_directory_favourites_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'uid', name=op.f('pk_directory_favourites'))
    )
    op.create_index('ix_directory_favourites_organisation_id', 'directory_favourites', ['organisation_id'])
    op.create_table('directory_follows',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('person_id', sa.String(length=36), nullable=False),
    sa.Column('organisation_id', sa.String(length=36), nullable=False),
    sa.Column('what', sa.String(length=12), nullable=False),
    sa.Column('office', sa.Integer(), nullable=False),
    sa.Column('sido', sa.String(length=20), nullable=False),
    sa.Column('target', sa.String(length=120), nullable=False),
    sa.Column('label', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.Integer(), nullable=False),
    sa.CheckConstraint("what IN ('entry', 'department', 'duty')", name=op.f('ck_directory_follows_what')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_directory_follows_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_directory_follows_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_follows')),
    sa.UniqueConstraint('person_id', 'what', 'office', 'sido', 'target', name=op.f('uq_directory_follows_person_id_what_office_sido_target'))
    )
    op.create_index('ix_directory_follows_organisation_id', 'directory_follows', ['organisation_id'])
    op.create_index('ix_directory_follows_what_office_target', 'directory_follows', ['what', 'office', 'target'])

    op.create_table('directory_imports',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('organisation_id', sa.String(length=36), nullable=False),
    sa.Column('person_id', sa.String(length=36), nullable=False),
    sa.Column('filename', sa.String(length=200), nullable=False),
    sa.Column('sha256', sa.LargeBinary(length=32), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('mapping', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('rows_done', sa.Integer(), nullable=False),
    sa.Column('report', sa.Text(), nullable=True),
    sa.Column('created_at', sa.Integer(), nullable=False),
    sa.Column('ended_at', sa.Integer(), nullable=True),
    sa.CheckConstraint("state IN ('new', 'read', 'checking', 'checked', 'running', 'done', 'undoing', 'undone', 'failed', 'dropped')", name=op.f('ck_directory_imports_state')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_directory_imports_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_directory_imports_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_imports'))
    )
    op.create_index('ix_directory_imports_organisation_id_created_at', 'directory_imports', ['organisation_id', 'created_at'])

    op.create_table('directory_bulks',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('organisation_id', sa.String(length=36), nullable=False),
    sa.Column('person_id', sa.String(length=36), nullable=False),
    sa.Column('office', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=4), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('rows_done', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('waiting', 'done')", name=op.f('ck_directory_bulks_state')),
    sa.ForeignKeyConstraint(['office'], ['directory_offices.number'], name=op.f('fk_directory_bulks_office')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_directory_bulks_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_directory_bulks_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_bulks'))
    )
    op.create_table('directory_removals',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('office', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(length=8), nullable=False),
    sa.Column('mark', sa.LargeBinary(), nullable=False),
    sa.Column('person_id', sa.String(length=36), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('at', sa.Integer(), nullable=False),
    sa.CheckConstraint("what IN ('name', 'phone', 'entry')", name=op.f('ck_directory_removals_what')),
    sa.ForeignKeyConstraint(['office'], ['directory_offices.number'], name=op.f('fk_directory_removals_office')),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_directory_removals_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_removals')),
    sa.UniqueConstraint('office', 'what', 'mark', name=op.f('uq_directory_removals_office_what_mark'))
    )
    op.create_table('directory_reports',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('organisation_id', sa.String(length=36), nullable=False),
    sa.Column('person_id', sa.String(length=36), nullable=False),
    sa.Column('uid', sa.String(length=36), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('words', sa.String(length=500), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('created_at', sa.Integer(), nullable=False),
    sa.Column('ended_at', sa.Integer(), nullable=True),
    sa.Column('ended_by', sa.String(length=36), nullable=True),
    sa.CheckConstraint("state IN ('open', 'done', 'declined')", name=op.f('ck_directory_reports_state')),
    sa.ForeignKeyConstraint(['ended_by'], ['persons.id'], name=op.f('fk_directory_reports_ended_by')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_directory_reports_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_directory_reports_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_reports'))
    )
    op.create_index('ix_directory_reports_organisation_id_state', 'directory_reports', ['organisation_id', 'state'])

    op.create_table('directory_synonyms',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('words', sa.String(length=400), nullable=False),
    sa.Column('changed_by', sa.String(length=36), nullable=True),
    sa.Column('changed_at', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['changed_by'], ['persons.id'], name=op.f('fk_directory_synonyms_changed_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_synonyms')),
    sa.UniqueConstraint('words', name=op.f('uq_directory_synonyms_words'))
    )
    op.create_table('directory_problems',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('import_id', sa.String(length=36), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('detail', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['directory_imports.id'], name=op.f('fk_directory_problems_import_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_problems'))
    )
    op.create_index('ix_directory_problems_import_id', 'directory_problems', ['import_id'])

    op.create_table('directory_runs',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('office', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.String(length=36), nullable=False),
    sa.Column('import_id', sa.String(length=36), nullable=True),
    sa.Column('at', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('added', sa.Integer(), nullable=False),
    sa.Column('changed', sa.Integer(), nullable=False),
    sa.Column('removed', sa.Integer(), nullable=False),
    sa.Column('same', sa.Integer(), nullable=False),
    sa.Column('before_source_id', sa.String(length=36), nullable=True),
    sa.Column('before_seen_at', sa.Integer(), nullable=True),
    sa.Column('told', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('done', 'refused', 'undone')", name=op.f('ck_directory_runs_state')),
    sa.ForeignKeyConstraint(['before_source_id'], ['directory_sources.id'], name=op.f('fk_directory_runs_before_source_id')),
    sa.ForeignKeyConstraint(['import_id'], ['directory_imports.id'], name=op.f('fk_directory_runs_import_id')),
    sa.ForeignKeyConstraint(['office'], ['directory_offices.number'], name=op.f('fk_directory_runs_office')),
    sa.ForeignKeyConstraint(['source_id'], ['directory_sources.id'], name=op.f('fk_directory_runs_source_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_runs')),
    sa.UniqueConstraint('import_id', 'office', name=op.f('uq_directory_runs_import_id_office'))
    )
    op.create_index('ix_directory_runs_office_at', 'directory_runs', ['office', 'at'])

    op.create_table('directory_changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.String(length=36), nullable=False),
    sa.Column('office', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('at', sa.Integer(), nullable=False),
    sa.Column('before', sa.Text(), nullable=True),
    sa.Column('after', sa.Text(), nullable=True),
    sa.CheckConstraint("kind IN ('added', 'changed', 'handover', 'removed')", name=op.f('ck_directory_changes_kind')),
    sa.ForeignKeyConstraint(['run_id'], ['directory_runs.id'], name=op.f('fk_directory_changes_run_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_changes'))
    )
    op.create_index('ix_directory_changes_office_at', 'directory_changes', ['office', 'at'])
    op.create_index('ix_directory_changes_run_id', 'directory_changes', ['run_id'])
    op.create_index('ix_directory_changes_uid_at', 'directory_changes', ['uid', 'at'])

    op.create_table('directory_tellings',
    sa.Column('change_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.String(length=36), nullable=False),
    sa.Column('organisation_id', sa.String(length=36), nullable=False),
    sa.Column('run_id', sa.String(length=36), nullable=False),
    sa.Column('undone_at', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['change_id'], ['directory_changes.id'], name=op.f('fk_directory_tellings_change_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_directory_tellings_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_directory_tellings_person_id')),
    sa.ForeignKeyConstraint(['run_id'], ['directory_runs.id'], name=op.f('fk_directory_tellings_run_id')),
    sa.PrimaryKeyConstraint('change_id', 'person_id', name=op.f('pk_directory_tellings'))
    )
    op.create_index('ix_directory_tellings_organisation_id', 'directory_tellings', ['organisation_id'])
    op.create_index('ix_directory_tellings_run_id_person_id', 'directory_tellings', ['run_id', 'person_id'])

    op.create_table('directory_entries',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('uid', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('bureau', sa.String(length=80), nullable=False),
    sa.Column('department', sa.String(length=80), nullable=False),
    sa.Column('team', sa.String(length=80), nullable=False),
    sa.Column('position', sa.String(length=60), nullable=False),
    sa.Column('duty', sa.Text(), nullable=False),
    sa.Column('phone', sa.String(length=120), nullable=False),
    sa.Column('fax', sa.String(length=60), nullable=False),
    sa.Column('place', sa.String(length=300), nullable=False),
    sa.Column('added_run', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['added_run'], ['directory_runs.id'], name=op.f('fk_directory_entries_added_run')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_entries')),
    sa.UniqueConstraint('uid', name=op.f('uq_directory_entries_uid'))
    )
    op.execute(INDEX)


def fetch_tables() -> None:
    """Hosts that are asked in turn, rounds and their pages."""
    op.create_table('fetch_hosts',
    sa.Column('host', sa.String(length=260), nullable=False),
    sa.Column('next_at', sa.BigInteger(), nullable=False),
    sa.Column('leased_until', sa.BigInteger(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('robots', sa.Text(), nullable=True),
    sa.Column('robots_at', sa.Integer(), nullable=False),
    sa.Column('robots_failed_at', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('host', name=op.f('pk_fetch_hosts'))
    )
    op.create_table('fetch_keys',
    sa.Column('owner', sa.String(length=36), nullable=False),
    sa.Column('wrapped_key', sa.LargeBinary(), nullable=False),
    sa.Column('secret', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('owner', name=op.f('pk_fetch_keys'))
    )
    op.create_table('fetch_rounds',
    sa.Column('owner', sa.String(length=36), nullable=False),
    sa.Column('trial', sa.Boolean(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('began_at', sa.Integer(), nullable=False),
    sa.Column('ended_at', sa.Integer(), nullable=True),
    sa.Column('seen_at', sa.Integer(), nullable=True),
    sa.Column('leased_until', sa.Integer(), nullable=False),
    sa.Column('told', sa.String(length=120), nullable=True),
    sa.Column('report', sa.Text(), nullable=True),
    sa.Column('shape', sa.Text(), nullable=True),
    sa.CheckConstraint("state IN ('running', 'done', 'failed')", name=op.f('ck_fetch_rounds_state')),
    sa.PrimaryKeyConstraint('owner', 'trial', name=op.f('pk_fetch_rounds'))
    )
    op.create_index('ix_fetch_rounds_state', 'fetch_rounds', ['state'])
    op.create_table('fetch_pages',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('owner', sa.String(length=36), nullable=False),
    sa.Column('trial', sa.Boolean(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('path', sa.String(length=120), nullable=False),
    sa.Column('host', sa.String(length=260), nullable=False),
    sa.Column('wanted', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.Integer(), nullable=False),
    sa.Column('leased_until', sa.Integer(), nullable=False),
    sa.Column('told', sa.String(length=120), nullable=True),
    sa.Column('etag', sa.String(length=300), nullable=False),
    sa.Column('last_modified', sa.String(length=60), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('found', sa.LargeBinary(), nullable=True),
    sa.Column('fetched_at', sa.Integer(), nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'done', 'skipped', 'failed')", name=op.f('ck_fetch_pages_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fetch_pages')),
    sa.UniqueConstraint('owner', 'trial', 'key', name=op.f('uq_fetch_pages_owner_trial_key'))
    )
    op.create_index('ix_fetch_pages_state_next_at', 'fetch_pages', ['state', 'next_at'])


def downgrade() -> None:
    """Take the change out again."""
    op.drop_index('ix_fetch_pages_state_next_at', 'fetch_pages')
    op.drop_table('fetch_pages')
    op.drop_index('ix_fetch_rounds_state', 'fetch_rounds')
    op.drop_table('fetch_rounds')
    op.drop_table('fetch_keys')
    op.drop_table('fetch_hosts')
    op.execute('DROP TABLE directory_index')
    op.drop_table('directory_entries')
    op.drop_index('ix_directory_tellings_run_id_person_id', 'directory_tellings')
    op.drop_index('ix_directory_tellings_organisation_id', 'directory_tellings')
    op.drop_table('directory_tellings')
    op.drop_index('ix_directory_changes_uid_at', 'directory_changes')
    op.drop_index('ix_directory_changes_run_id', 'directory_changes')
    op.drop_index('ix_directory_changes_office_at', 'directory_changes')

    op.drop_table('directory_changes')
    op.drop_index('ix_directory_runs_office_at', 'directory_runs')
    op.drop_table('directory_runs')
    op.drop_index('ix_directory_problems_import_id', 'directory_problems')

    op.drop_table('directory_problems')
    op.drop_table('directory_synonyms')
    op.drop_index('ix_directory_reports_organisation_id_state', 'directory_reports')

    op.drop_table('directory_reports')
    op.drop_table('directory_removals')
    op.drop_table('directory_bulks')
    op.drop_index('ix_directory_imports_organisation_id_created_at', 'directory_imports')

    op.drop_table('directory_imports')
    op.drop_index('ix_directory_follows_what_office_target', 'directory_follows')
    op.drop_index('ix_directory_follows_organisation_id', 'directory_follows')

    op.drop_table('directory_follows')
    op.drop_index('ix_directory_favourites_organisation_id', 'directory_favourites')
    op.drop_table('directory_favourites')
    op.drop_index('ix_directory_sources_state_next_at', 'directory_sources')
    op.drop_index('ix_directory_sources_office', 'directory_sources')

    op.drop_table('directory_sources')
    op.drop_table('directory_state')
    op.drop_table('directory_pairs')
    op.drop_table('directory_offices')
    op.drop_table('directory_counts')
    op.drop_table('directory_nears')
