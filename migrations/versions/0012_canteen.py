"""the canteen: what feeds its queue, what was estimated, what is served"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'


def upgrade() -> None:
    """Bring the change in."""
    op.create_table('canteens',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('organisation_id', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('rests_on_holidays', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.Integer(), nullable=False),
    sa.Column('removed_at', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_canteens_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canteens'))
    )
    op.create_index('ix_canteens_organisation_id', 'canteens', ['organisation_id'])
    op.create_table('canteen_documents',
    sa.Column('canteen_id', sa.String(length=36), nullable=False),
    sa.Column('tag', sa.String(length=24), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('made_ms', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['canteen_id'], ['canteens.id'], name=op.f('fk_canteen_documents_canteen_id')),
    sa.PrimaryKeyConstraint('canteen_id', name=op.f('pk_canteen_documents'))
    )
    op.create_table('canteen_hours',
    sa.Column('canteen_id', sa.String(length=36), nullable=False),
    sa.Column('weekday', sa.Integer(), nullable=False),
    sa.Column('meal', sa.String(length=9), nullable=False),
    sa.Column('opens', sa.Integer(), nullable=False),
    sa.Column('closes', sa.Integer(), nullable=False),
    sa.CheckConstraint('0 <= opens AND opens < closes AND closes <= 1440', name=op.f('ck_canteen_hours_order')),
    sa.CheckConstraint('weekday BETWEEN 0 AND 6', name=op.f('ck_canteen_hours_weekday')),
    sa.CheckConstraint("meal IN ('breakfast', 'lunch', 'dinner')", name=op.f('ck_canteen_hours_meal')),
    sa.ForeignKeyConstraint(['canteen_id'], ['canteens.id'], name=op.f('fk_canteen_hours_canteen_id')),
    sa.PrimaryKeyConstraint('canteen_id', 'weekday', 'meal', name=op.f('pk_canteen_hours'))
    )
    op.create_table('canteen_lines',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('canteen_id', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('marks', sa.String(length=60), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('removed_at', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['canteen_id'], ['canteens.id'], name=op.f('fk_canteen_lines_canteen_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canteen_lines'))
    )
    op.create_index('ix_canteen_lines_canteen_id', 'canteen_lines', ['canteen_id'])
    op.create_table('canteen_links',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('canteen_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=5), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('created_at', sa.Integer(), nullable=False),
    sa.Column('used_at', sa.Integer(), nullable=True),
    sa.Column('revoked_at', sa.Integer(), nullable=True),
    sa.CheckConstraint("kind IN ('kiosk', 'wall')", name=op.f('ck_canteen_links_kind')),
    sa.ForeignKeyConstraint(['canteen_id'], ['canteens.id'], name=op.f('fk_canteen_links_canteen_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canteen_links'))
    )
    op.create_index('ix_canteen_links_canteen_id', 'canteen_links', ['canteen_id'])
    op.create_table('canteen_menus',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('canteen_id', sa.String(length=36), nullable=False),
    sa.Column('day', sa.String(length=10), nullable=False),
    sa.Column('meal', sa.String(length=9), nullable=False),
    sa.Column('items', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.Integer(), nullable=False),
    sa.CheckConstraint("meal IN ('breakfast', 'lunch', 'dinner')", name=op.f('ck_canteen_menus_meal')),
    sa.ForeignKeyConstraint(['canteen_id'], ['canteens.id'], name=op.f('fk_canteen_menus_canteen_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canteen_menus')),
    sa.UniqueConstraint('canteen_id', 'day', 'meal', name=op.f('uq_canteen_menus_canteen_id_day_meal'))
    )
    op.create_table('canteen_replays',
    sa.Column('canteen_id', sa.String(length=36), nullable=False),
    sa.Column('started_ms', sa.Integer(), nullable=False),
    sa.Column('from_s', sa.Integer(), nullable=False),
    sa.Column('speed', sa.Integer(), nullable=False),
    sa.Column('seed', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['canteen_id'], ['canteens.id'], name=op.f('fk_canteen_replays_canteen_id')),
    sa.PrimaryKeyConstraint('canteen_id', name=op.f('pk_canteen_replays'))
    )
    op.create_table('canteen_special_days',
    sa.Column('canteen_id', sa.String(length=36), nullable=False),
    sa.Column('day', sa.String(length=10), nullable=False),
    sa.Column('serves', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['canteen_id'], ['canteens.id'], name=op.f('fk_canteen_special_days_canteen_id')),
    sa.PrimaryKeyConstraint('canteen_id', 'day', name=op.f('pk_canteen_special_days'))
    )
    op.create_table('canteen_check_ins',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('line_id', sa.String(length=36), nullable=False),
    sa.Column('joined_ms', sa.Integer(), nullable=False),
    sa.Column('served_ms', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['line_id'], ['canteen_lines.id'], name=op.f('fk_canteen_check_ins_line_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canteen_check_ins'))
    )
    op.create_index('ix_canteen_check_ins_line_id_joined_ms', 'canteen_check_ins', ['line_id', 'joined_ms'])
    op.create_table('canteen_devices',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('line_id', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('measures', sa.String(length=6), nullable=False),
    sa.Column('period_s', sa.Integer(), nullable=False),
    sa.Column('key_wrapped', sa.LargeBinary(), nullable=False),
    sa.Column('key_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.Integer(), nullable=False),
    sa.Column('revoked_at', sa.Integer(), nullable=True),
    sa.Column('seen_ms', sa.Integer(), nullable=True),
    sa.Column('last_seq', sa.Integer(), nullable=True),
    sa.Column('forgotten_seq', sa.Integer(), nullable=True),
    sa.Column('skew_ms', sa.Integer(), nullable=True),
    sa.Column('test_until', sa.Integer(), nullable=True),
    sa.Column('swapped', sa.Boolean(), nullable=False),
    sa.Column('fault', sa.String(length=20), nullable=True),
    sa.Column('fault_at', sa.Integer(), nullable=True),
    sa.CheckConstraint("measures IN ('in', 'out', 'both', 'people', 'level')", name=op.f('ck_canteen_devices_measures')),
    sa.ForeignKeyConstraint(['line_id'], ['canteen_lines.id'], name=op.f('fk_canteen_devices_line_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canteen_devices'))
    )
    op.create_index('ix_canteen_devices_line_id', 'canteen_devices', ['line_id'])
    op.create_table('canteen_estimates',
    sa.Column('line_id', sa.String(length=36), nullable=False),
    sa.Column('at', sa.Integer(), nullable=False, autoincrement=False),
    sa.Column('day', sa.String(length=10), nullable=False),
    sa.Column('q10', sa.Double(), nullable=False),
    sa.Column('q50', sa.Double(), nullable=False),
    sa.Column('q70', sa.Double(), nullable=False),
    sa.Column('q90', sa.Double(), nullable=False),
    sa.Column('people', sa.Double(), nullable=False),
    sa.Column('basis', sa.String(length=5), nullable=False),
    sa.ForeignKeyConstraint(['line_id'], ['canteen_lines.id'], name=op.f('fk_canteen_estimates_line_id')),
    sa.PrimaryKeyConstraint('line_id', 'at', name=op.f('pk_canteen_estimates'))
    )
    op.create_table('canteen_learned',
    sa.Column('line_id', sa.String(length=36), nullable=False),
    sa.Column('meal', sa.String(length=9), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('last_day', sa.String(length=10), nullable=False),
    sa.CheckConstraint("meal IN ('breakfast', 'lunch', 'dinner')", name=op.f('ck_canteen_learned_meal')),
    sa.ForeignKeyConstraint(['line_id'], ['canteen_lines.id'], name=op.f('fk_canteen_learned_line_id')),
    sa.PrimaryKeyConstraint('line_id', 'meal', name=op.f('pk_canteen_learned'))
    )
    op.create_table('canteen_taps',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('line_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('people', sa.Integer(), nullable=True),
    sa.Column('at_ms', sa.Integer(), nullable=False),
    sa.Column('received_ms', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=5), nullable=False),
    sa.Column('undone_ms', sa.Integer(), nullable=True),
    sa.CheckConstraint("source IN ('kiosk', 'duty')", name=op.f('ck_canteen_taps_source')),
    sa.CheckConstraint("kind IN ('mark', 'open', 'closed', 'sold_out')", name=op.f('ck_canteen_taps_kind')),
    sa.ForeignKeyConstraint(['line_id'], ['canteen_lines.id'], name=op.f('fk_canteen_taps_line_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canteen_taps'))
    )
    op.create_index('ix_canteen_taps_line_id_at_ms', 'canteen_taps', ['line_id', 'at_ms'])
    op.create_table('canteen_wishes',
    sa.Column('person_id', sa.String(length=36), nullable=False),
    sa.Column('canteen_id', sa.String(length=36), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('day', sa.String(length=10), nullable=False),
    sa.Column('created_at', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['canteen_id'], ['canteens.id'], name=op.f('fk_canteen_wishes_canteen_id')),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_canteen_wishes_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'canteen_id', name=op.f('pk_canteen_wishes'))
    )
    op.create_index('ix_canteen_wishes_canteen_id', 'canteen_wishes', ['canteen_id'])
    op.create_table('canteen_readings',
    sa.Column('device_id', sa.String(length=36), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False, autoincrement=False),
    sa.Column('at_ms', sa.Integer(), nullable=False),
    sa.Column('told_ms', sa.Integer(), nullable=False),
    sa.Column('received_ms', sa.Integer(), nullable=False),
    sa.Column('entered', sa.Integer(), nullable=True),
    sa.Column('left', sa.Integer(), nullable=True),
    sa.Column('people', sa.Integer(), nullable=True),
    sa.Column('level', sa.Integer(), nullable=True),
    sa.Column('digest', sa.LargeBinary(length=16), nullable=False),
    sa.Column('why_not', sa.String(length=20), nullable=True),
    sa.ForeignKeyConstraint(['device_id'], ['canteen_devices.id'], name=op.f('fk_canteen_readings_device_id')),
    sa.PrimaryKeyConstraint('device_id', 'seq', name=op.f('pk_canteen_readings'))
    )
    op.create_index('ix_canteen_readings_device_id_at_ms', 'canteen_readings', ['device_id', 'at_ms'])


def downgrade() -> None:
    """Take the change out again."""
    op.drop_index('ix_canteen_readings_device_id_at_ms', 'canteen_readings')
    op.drop_table('canteen_readings')
    op.drop_index('ix_canteen_wishes_canteen_id', 'canteen_wishes')
    op.drop_table('canteen_wishes')
    op.drop_index('ix_canteen_taps_line_id_at_ms', 'canteen_taps')
    op.drop_table('canteen_taps')
    op.drop_table('canteen_learned')
    op.drop_table('canteen_estimates')
    op.drop_index('ix_canteen_devices_line_id', 'canteen_devices')
    op.drop_table('canteen_devices')
    op.drop_index('ix_canteen_check_ins_line_id_joined_ms', 'canteen_check_ins')
    op.drop_table('canteen_check_ins')
    op.drop_table('canteen_special_days')
    op.drop_table('canteen_replays')
    op.drop_table('canteen_menus')
    op.drop_index('ix_canteen_links_canteen_id', 'canteen_links')
    op.drop_table('canteen_links')
    op.drop_index('ix_canteen_lines_canteen_id', 'canteen_lines')
    op.drop_table('canteen_lines')
    op.drop_table('canteen_hours')
    op.drop_table('canteen_documents')
    op.drop_index('ix_canteens_organisation_id', 'canteens')
    op.drop_table('canteens')
