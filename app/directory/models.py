"""Tables of the directory, which is one for the whole installation; what a person does with it
(follows, favourites, reports) belongs to that person and their organisation."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

ID = String(36)
STATES = "'new','read','checking','checked','running','done','undoing','undone','failed','dropped'"


class Office(Base):
    """An organisation of the directory: one of 17 시·도, 226 시·군·구, or one that was added."""

    __tablename__ = "directory_offices"
    __table_args__ = (CheckConstraint("kind IN ('sido', 'sigungu', 'other')", name="kind"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    sido: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(8))
    aliases: Mapped[str] = mapped_column(String(200))
    area_code: Mapped[str] = mapped_column(String(4))
    source_id: Mapped[str | None] = mapped_column(ID)
    seen_at: Mapped[int | None]
    entries: Mapped[int] = mapped_column(default=0)


class Entry(Base):
    """One line of a staff page. `id` is the office's number and a number inside it (<< 16), which
    is what the index knows; `uid` is what is shown outside and stays with the person and duty."""

    __tablename__ = "directory_entries"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    uid: Mapped[str] = mapped_column(ID, unique=True)
    name: Mapped[str] = mapped_column(String(60))
    bureau: Mapped[str] = mapped_column(String(80))
    department: Mapped[str] = mapped_column(String(80))
    team: Mapped[str] = mapped_column(String(80))
    position: Mapped[str] = mapped_column(String(60))
    duty: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(String(120))
    fax: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(String(300))
    added_run: Mapped[str] = mapped_column(ForeignKey("directory_runs.id"))


class Source(Base):
    """Where an office's entries come from: a file, staff pages, an open-data API, the demo."""

    __tablename__ = "directory_sources"
    __table_args__ = (
        CheckConstraint("kind IN ('file', 'pages', 'api', 'demo')", name="kind"),
        CheckConstraint("state IN ('off', 'on')", name="state"),
        Index("ix_directory_sources_state_next_at", "state", "next_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    office: Mapped[int] = mapped_column(ForeignKey("directory_offices.number"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    label: Mapped[str] = mapped_column(String(120))
    url: Mapped[str] = mapped_column(String(500))
    definition: Mapped[str | None] = mapped_column(Text)
    shipped: Mapped[str | None] = mapped_column(String(60), unique=True)
    state: Mapped[str] = mapped_column(String(4))
    tried_at: Mapped[int | None]
    next_at: Mapped[int | None]
    failures: Mapped[int] = mapped_column(default=0)
    alarm: Mapped[str | None] = mapped_column(String(200))
    alarm_at: Mapped[int | None]


class Import(Base):
    """A file that an administrator brought; one thrown away (dropped) counts for its day only."""

    __tablename__ = "directory_imports"
    __table_args__ = (
        CheckConstraint(f"state IN ({STATES})", name="state"),
        Index("ix_directory_imports_organisation_id_created_at", "organisation_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    size: Mapped[int]
    mapping: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8))
    rows: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    report: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[int]
    ended_at: Mapped[int | None]


class Problem(Base):
    """What was wrong with one row of an import."""

    __tablename__ = "directory_problems"
    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[str] = mapped_column(ForeignKey("directory_imports.id"), index=True)
    row: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(String(200))


class Bulk(Base):
    """A file with the entries of one office, or of all, that an administrator asked for."""

    __tablename__ = "directory_bulks"
    __table_args__ = (CheckConstraint("state IN ('waiting', 'done')", name="state"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    office: Mapped[int | None] = mapped_column(ForeignKey("directory_offices.number"))
    kind: Mapped[str] = mapped_column(String(4))
    state: Mapped[str] = mapped_column(String(8))
    rows: Mapped[int]
    rows_done: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[int]


class Run(Base):
    """One replacement of an office. `told`: its last change told of; `batch`: its import, or what
    was it before somebody's organisation went."""

    __tablename__ = "directory_runs"
    __table_args__ = (
        CheckConstraint("state IN ('done', 'refused', 'undone')", name="state"),
        Unique("import_id", "office"),
        Index("ix_directory_runs_office_at", "office", "at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    office: Mapped[int] = mapped_column(ForeignKey("directory_offices.number"))
    source_id: Mapped[str] = mapped_column(ForeignKey("directory_sources.id"))
    import_id: Mapped[str | None] = mapped_column(ForeignKey("directory_imports.id"))
    batch: Mapped[str | None] = mapped_column(ID, index=True)
    at: Mapped[int]
    state: Mapped[str] = mapped_column(String(8))
    added: Mapped[int]
    changed: Mapped[int]
    removed: Mapped[int]
    same: Mapped[int]
    before_source_id: Mapped[str | None] = mapped_column(ForeignKey("directory_sources.id"))
    before_seen_at: Mapped[int | None]
    told: Mapped[int] = mapped_column(default=0)


class Change(Base):
    """What a run did to one entry; `before` and `after` are the entry's fields as JSON. The rows of
    an office's first run are in no change: their `added_run` says it."""

    __tablename__ = "directory_changes"
    __table_args__ = (
        CheckConstraint("kind IN ('added', 'changed', 'handover', 'removed')", name="kind"),
        Index("ix_directory_changes_uid_at", "uid", "at"),
        Index("ix_directory_changes_office_at", "office", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("directory_runs.id"), index=True)
    office: Mapped[int]
    uid: Mapped[str] = mapped_column(ID)
    kind: Mapped[str] = mapped_column(String(8))
    at: Mapped[int]
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)


class Telling(Base):
    """A change that a follower's notice of an import or a run tells, or told (`told_at`)."""

    __tablename__ = "directory_tellings"
    __table_args__ = (Index("ix_directory_tellings_run_id_person_id", "run_id", "person_id"),)

    change_id: Mapped[int] = mapped_column(ForeignKey("directory_changes.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("directory_runs.id"))
    told_at: Mapped[int | None]
    undone_at: Mapped[int | None]


class Removal(Base):
    """Somebody asked not to be listed. `mark` is keyed hashes of what is hidden, 32 bytes each."""

    __tablename__ = "directory_removals"
    __table_args__ = (
        CheckConstraint("what IN ('name', 'phone', 'entry')", name="what"),
        Unique("office", "what", "mark"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    office: Mapped[int] = mapped_column(ForeignKey("directory_offices.number"))
    what: Mapped[str] = mapped_column(String(8))
    mark: Mapped[bytes] = mapped_column(LargeBinary)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("persons.id"))
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[int]


class Follow(Base):
    """A person wants to be told of changes: of one entry (`target` is its uid), a department of an
    office (its squeezed name), or a duty (its terms). `office` 0 and `sido` "" are everywhere."""

    __tablename__ = "directory_follows"
    __table_args__ = (
        CheckConstraint("what IN ('entry', 'department', 'duty')", name="what"),
        Unique("person_id", "what", "office", "sido", "target"),
        Index("ix_directory_follows_what_office_target", "what", "office", "target"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    what: Mapped[str] = mapped_column(String(12))
    office: Mapped[int]
    sido: Mapped[str] = mapped_column(String(20))
    target: Mapped[str] = mapped_column(String(120))
    label: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[int]


class Favourite(Base):
    """An entry that a person keeps at hand."""

    __tablename__ = "directory_favourites"
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    uid: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    created_at: Mapped[int]


class Report(Base):
    """Somebody says that an entry is wrong ("틀렸어요")."""

    __tablename__ = "directory_reports"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'done', 'declined')", name="state"),
        Index("ix_directory_reports_organisation_id_state", "organisation_id", "state"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    uid: Mapped[str] = mapped_column(ID)
    reason: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[int]
    ended_at: Mapped[int | None]
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("persons.id"))


class Synonym(Base):
    """A group of terms that mean the same, separated by commas."""

    __tablename__ = "directory_synonyms"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    words: Mapped[str] = mapped_column(String(400), unique=True)
    changed_by: Mapped[str | None] = mapped_column(ForeignKey("persons.id"))
    changed_at: Mapped[int]


class Pair(Base):
    """A pair of characters that stands somewhere: what a half-composed syllable may become."""

    __tablename__ = "directory_pairs"
    pair: Mapped[str] = mapped_column(String(2), primary_key=True)


class State(Base):
    """Facts as numbers: the index's version and analyzer, since when our line is down, or back."""

    __tablename__ = "directory_state"
    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    value: Mapped[int]


class Near(Base):
    """Which province a person sees first; without a row that of their organisation."""

    __tablename__ = "directory_nears"
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    sido: Mapped[str] = mapped_column(String(20))


class Count(Base):
    """How many hits a common term has in each office (service/counts.py)."""

    __tablename__ = "directory_counts"
    token: Mapped[str] = mapped_column(String(3), primary_key=True)
    counts: Mapped[bytes | None] = mapped_column(LargeBinary)
