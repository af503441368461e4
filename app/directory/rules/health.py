"""Whether what a crawl found may replace what is there: pure judgements, and when to come again.

The danger removed here: a site that was rebuilt, or answers "please try later" with status 200,
and empties the directory by it. What is doubtful changes nothing and raises an alarm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from app.directory.rules.row import Row

JUMP: Final = 0.3  # of the share of people without telephone and duty
FEW: Final = 20  # so few people make no share
# What only a person can put right: the page is not what it was. Everything else may pass by itself.
LASTING: Final = frozenset(
    {"no-table", "no-column", "no-links", "no-path", "not-json", "not-xml", "not-html", "api-code",
     "fault-words", "no-rows", "halved", "emptied", "fewer-fields", "total", "too-many-pages",
     "kind", "robots", "no-cookie", "address", "address-closed", "port", "credentials",
     "status:404", "status:410", "status:401", "status:403", "no-key",
     "downgrade", "redirects", "too-many-rows"}
)  # fmt: skip
PATIENCE: Final = 3  # rounds in a row that may fail for what passes by itself
TRUSTED: Final = {"trusted": True}  # instead of a shape: an administrator has looked
HOUR_S, DAY_S = 3600, 24 * 3600
# Nobody was reached: it may be the site, or our own line.
CUT_OFF: Final = frozenset({"name", "unreachable", "timeout", "broke-off"})
# These say nothing of whether a site can be reached: nobody was asked, or it is not known.
SILENT: Final = frozenset(
    {"off", "changed", "definition", "no-key", "fault", "robots", "robots-unknown", "address",
     "address-closed", "port", "credentials"}
)  # fmt: skip
FEWEST_HOSTS: Final = 3  # fewer may well fail by themselves
MANY_HOSTS: Final = 12  # so many that were tried stand for all
GRACE_S, SOON_S = HOUR_S, 600  # after the line came back
OUTAGE_PAUSE_S: Final = 2 * HOUR_S
SAME_S: Final = 2 * DAY_S  # alarms of sources so long before the line's are of it too
NIGHT_FROM_H, NIGHT_LONG_S = 1, 4 * HOUR_S


@dataclass(frozen=True)
class Shape:
    """What the people of a round are like: how many, how many with which field, and a hash."""

    rows: int
    fields: dict[str, int]
    bare: int
    digest: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


def shape_of(rows: Sequence[Row], digest: str = "") -> Shape:
    """The shape of some people; `bare` have neither telephone nor duty."""
    names = [name for name in Row.__dataclass_fields__ if name != "place"]
    counts = {name: sum(1 for row in rows if getattr(row, name)) for name in names}
    bare = sum(1 for row in rows if not row.phone and not row.duty)
    return Shape(len(rows), {name: count for name, count in counts.items() if count}, bare, digest)


def judge(before: Mapping[str, Any] | None, now: Shape, must_keep: float) -> str:
    """Why these people must not replace those of the last time, as a code; "" when they may.

    Args:
        before: the shape of the last time, or None.
        now: that of this time.
        must_keep: the part of the last time's number that must still be there.
    """
    if now.rows == 0:
        return "no-rows"
    if before is None:
        return ""
    then = Shape(**before)
    if now.rows < must_keep * then.rows:
        return "halved"
    if now.rows < FEW or then.rows < FEW:
        return ""
    if now.bare / now.rows - then.bare / then.rows > JUMP:
        return "emptied"
    lost = [
        name for name, count in then.fields.items()
        if count > then.rows / 2 and not now.fields.get(name)
    ]  # fmt: skip
    return "fewer-fields" if lost else ""


def is_lasting(reason: str) -> bool:
    """Whether a reason is one that does not pass by itself."""
    return reason.partition(" ")[0] in LASTING


def more_telling(before: str, now: str) -> str:
    """Which of two reasons, of a page's try before and of this one, is to be told: what lasts, then
    what is newer; but a robots.txt that is not asked for again so soon does not hide that nobody
    answered."""
    if is_cut_off(before) and now == "robots-unknown":
        return before
    return before if is_lasting(before) and not is_lasting(now) else now


def is_alarm(reason: str, failures: int) -> bool:
    """Whether a round that failed is to be told to an administrator now.

    Args:
        reason: its code.
        failures: how many have failed in a row, this one counted.
    """
    return is_lasting(reason) or failures >= PATIENCE


def is_cut_off(reason: str) -> bool:
    """Whether a reason says that nobody was reached."""
    return reason.partition(" ")[0] in CUT_OFF


def is_answer(reason: str) -> bool:
    """Whether a reason says that somebody was reached."""
    code = reason.partition(" ")[0]
    return code not in CUT_OFF and code not in SILENT


def hosts_of(tries: Iterable[tuple[str, bool]]) -> tuple[int, int]:
    """How many hosts nobody reached, and how many were tried.

    Args:
        tries: of each source that was tried its host, and whether somebody was reached.
    """
    reached: dict[str, bool] = {}
    for host, is_reached in tries:
        reached[host] = reached.get(host, False) or is_reached
    return sum(not one for one in reached.values()), len(reached)


def is_line_down(cut_off: int, tried: int) -> bool:
    """Whether so many hosts of those that were tried cannot be reached that it is our own line."""
    return cut_off >= FEWEST_HOSTS and cut_off > tried / 2


def says_enough(tried: int, switched_on: int) -> bool:
    """Whether the hosts that were tried are a fair share of those that are switched on: half of
    them, or many. The last three of a night that die are not our line."""
    return tried >= min(switched_on / 2, MANY_HOSTS)


def next_try(reason: str, failures: int, now: int, jitter: float, most_s: int = DAY_S) -> int:
    """When a source that failed is read again: what passes by itself within hours (`most_s` at the
    most, and a quarter), what lasts in the following night. Unix seconds."""
    if is_lasting(reason):
        return next_night(now, 1, jitter)
    return now + round(min(HOUR_S << min(failures - 1, 5), most_s) * (1 + jitter / 4))


def next_night(now: int, days: int, jitter: float) -> int:
    """A moment between one and five in the night, Korean time, so many days ahead.

    Args:
        now: Unix seconds.
        days: 1 is the coming night.
        jitter: from 0 to 1, where in the night: offices shall not all be read at once.
    """
    midnight = (now + 9 * HOUR_S) // DAY_S * DAY_S - 9 * HOUR_S
    moment = midnight + NIGHT_FROM_H * HOUR_S + round(jitter * NIGHT_LONG_S)
    while moment <= now:
        moment += DAY_S
    return moment + (days - 1) * DAY_S


def page_pause(tries: int) -> int:
    """Seconds until a page is asked for again that could not be believed."""
    return min(5 * int(3.0 ** max(tries - 1, 0)), 600)
