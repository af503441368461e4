"""Tables of the canteen. They hold numbers of people: none has a place for a picture, the address
of a device, a face or a name, and none but `canteen_wishes` (a notice must reach somebody) knows a
person. Times end in `_ms` where they are Unix milliseconds; days are 2026-11-26, of Seoul."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

ID = String(36)
DAY = String(10)
MEALS = "meal IN ('breakfast', 'lunch', 'dinner')"


class Canteen(Base):
    """A canteen of an organisation; one that was removed keeps its row (`removed_at`)."""

    __tablename__ = "canteens"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    people: Mapped[int]
    rests_on_holidays: Mapped[bool]
    created_at: Mapped[int]
    removed_at: Mapped[int | None]


class Line(Base):
    """A line in front of a counter. `marks`: people who stand there up to each mark on the wall,
    the fewest first, as "10,20,30,40"."""

    __tablename__ = "canteen_lines"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    canteen_id: Mapped[str] = mapped_column(ForeignKey("canteens.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    marks: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    removed_at: Mapped[int | None]


class Hours(Base):
    """When a canteen serves a meal: minutes after midnight; weekday 0 is Monday."""

    __tablename__ = "canteen_hours"
    __table_args__ = (
        CheckConstraint(MEALS, name="meal"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("0 <= opens AND opens < closes AND closes <= 1440", name="order"),
    )

    canteen_id: Mapped[str] = mapped_column(ForeignKey("canteens.id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True)
    meal: Mapped[str] = mapped_column(String(9), primary_key=True)
    opens: Mapped[int]
    closes: Mapped[int]


class SpecialDay(Base):
    """A day on which a canteen rests though its hours say otherwise, or serves though it is a
    public holiday (`serves`)."""

    __tablename__ = "canteen_special_days"

    canteen_id: Mapped[str] = mapped_column(ForeignKey("canteens.id"), primary_key=True)
    day: Mapped[str] = mapped_column(DAY, primary_key=True)
    serves: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(80))


class Link(Base):
    """An address that opens without an account until it is revoked: the kitchen's buttons (kiosk)
    or a screen on a wall (wall)."""

    __tablename__ = "canteen_links"
    __table_args__ = (CheckConstraint("kind IN ('kiosk', 'wall')", name="kind"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    canteen_id: Mapped[str] = mapped_column(ForeignKey("canteens.id"), index=True)
    kind: Mapped[str] = mapped_column(String(5))
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[int]
    used_at: Mapped[int | None]
    revoked_at: Mapped[int | None]


class Device(Base):
    """A counter that somebody put up. Its secret is sealed (`core.keys.seal_row`); `skew_ms` is by
    how much its clock is behind ours. While `test_until` has not come, what it sends is shown on
    its page and counts for nothing. `forgotten_seq`: the highest number of its readings that were
    deleted. `swapped`: its entries are exits. `fault` is a code of rules/health.py."""

    __tablename__ = "canteen_devices"
    __table_args__ = (
        CheckConstraint("measures IN ('in', 'out', 'both', 'people', 'level')", name="measures"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    line_id: Mapped[str] = mapped_column(ForeignKey("canteen_lines.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    measures: Mapped[str] = mapped_column(String(6))
    period_s: Mapped[int]
    key_wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    key_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[int]
    revoked_at: Mapped[int | None]
    seen_ms: Mapped[int | None]
    last_seq: Mapped[int | None]
    forgotten_seq: Mapped[int | None]
    skew_ms: Mapped[int | None]
    test_until: Mapped[int | None]
    swapped: Mapped[bool]
    fault: Mapped[str | None] = mapped_column(String(20))
    fault_at: Mapped[int | None]


class Reading(Base):
    """What a device reported: people who came in and went out since its last report, or the people
    in the line, or a level from 0 to 4. `at_ms` is by our clock, `told_ms` by the device's own;
    `digest` tells the same report from another one of that number; `why_not` says why it does not
    count. Kept for thirty days."""

    __tablename__ = "canteen_readings"
    __table_args__ = (Index("ix_canteen_readings_device_id_at_ms", "device_id", "at_ms"),)

    device_id: Mapped[str] = mapped_column(ForeignKey("canteen_devices.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at_ms: Mapped[int]
    told_ms: Mapped[int]
    received_ms: Mapped[int]
    entered: Mapped[int | None]
    left: Mapped[int | None]
    people: Mapped[int | None]
    level: Mapped[int | None]
    digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    why_not: Mapped[str | None] = mapped_column(String(20))


class Tap(Base):
    """What the kitchen said with one press: up to which mark people stand, or open, closed, sold
    out. `id` is made by the phone, so that one sent twice counts once. Kept for thirty days."""

    __tablename__ = "canteen_taps"
    __table_args__ = (
        CheckConstraint("kind IN ('mark', 'open', 'closed', 'sold_out')", name="kind"),
        CheckConstraint("source IN ('kiosk', 'duty')", name="source"),
        Index("ix_canteen_taps_line_id_at_ms", "line_id", "at_ms"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    line_id: Mapped[str] = mapped_column(ForeignKey("canteen_lines.id"))
    kind: Mapped[str] = mapped_column(String(8))
    people: Mapped[int | None]
    at_ms: Mapped[int]
    received_ms: Mapped[int]
    source: Mapped[str] = mapped_column(String(5))
    undone_ms: Mapped[int | None]


class CheckIn(Base):
    """Somebody, nobody knows who, joined a line and was served. `id` is made by the phone and kept
    there only. Deleted when the day has taught what it could."""

    __tablename__ = "canteen_check_ins"
    __table_args__ = (Index("ix_canteen_check_ins_line_id_joined_ms", "line_id", "joined_ms"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    line_id: Mapped[str] = mapped_column(ForeignKey("canteen_lines.id"))
    joined_ms: Mapped[int]
    served_ms: Mapped[int | None]


class Estimate(Base):
    """What was shown of a line at a minute (`at`, Unix seconds): minutes of waiting by quantile,
    and the people in it. `basis` says from what: live, usual, or a lunch that
    was played (play)."""

    __tablename__ = "canteen_estimates"

    line_id: Mapped[str] = mapped_column(ForeignKey("canteen_lines.id"), primary_key=True)
    at: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[str] = mapped_column(DAY)
    q10: Mapped[float]
    q50: Mapped[float]
    q70: Mapped[float]
    q90: Mapped[float]
    people: Mapped[float]
    basis: Mapped[str] = mapped_column(String(5))


class Learned(Base):
    """What past meals taught about a line (`rules/beliefs.py`, as JSON), up to a day."""

    __tablename__ = "canteen_learned"
    __table_args__ = (CheckConstraint(MEALS, name="meal"),)

    line_id: Mapped[str] = mapped_column(ForeignKey("canteen_lines.id"), primary_key=True)
    meal: Mapped[str] = mapped_column(String(9), primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    last_day: Mapped[str] = mapped_column(DAY)


class Menu(Base):
    """What there is to eat: `items` is a JSON list of texts."""

    __tablename__ = "canteen_menus"
    __table_args__ = (Unique("canteen_id", "day", "meal"), CheckConstraint(MEALS, name="meal"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    canteen_id: Mapped[str] = mapped_column(ForeignKey("canteens.id"))
    day: Mapped[str] = mapped_column(DAY)
    meal: Mapped[str] = mapped_column(String(9))
    items: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[int]


class Wish(Base):
    """Somebody wants to be told once, on a day, when the wait falls under so many minutes. Deleted
    when they were told, or when the day is over."""

    __tablename__ = "canteen_wishes"

    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    canteen_id: Mapped[str] = mapped_column(ForeignKey("canteens.id"), primary_key=True, index=True)
    minutes: Mapped[int]
    day: Mapped[str] = mapped_column(DAY)
    created_at: Mapped[int]


class Document(Base):
    """What open pages are told of a canteen, as JSON; `tag` is its entity tag."""

    __tablename__ = "canteen_documents"

    canteen_id: Mapped[str] = mapped_column(ForeignKey("canteens.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(24))
    body: Mapped[str] = mapped_column(Text)
    made_ms: Mapped[int]


class Replay(Base):
    """A recorded lunch that the demonstration plays in a canteen: since when by our clock, from
    which second of the lunch, how many times as fast, and which lunch (`seed`)."""

    __tablename__ = "canteen_replays"

    canteen_id: Mapped[str] = mapped_column(ForeignKey("canteens.id"), primary_key=True)
    started_ms: Mapped[int]
    from_s: Mapped[int]
    speed: Mapped[int]
    seed: Mapped[int]
