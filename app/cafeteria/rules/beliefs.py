"""What past lunches taught about a line: when people come, how fast it is served, what its counters
miss. It is plain numbers of whole days, never of a person, and can be kept as JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

BIN_S: Final = 300  # of the profile
LEAST: Final = 100  # people counted on a day that teaches
FIRST_SHARE: Final = 0.8  # of the first day in the profile
MOST_DAYS: Final = 30
FLAGS: Final = ("counts_in", "counts_out")
SECOND_SD: Final = 0.25
LEAST_SIZE_SD: Final = 0.08
LEAST_SERVED_SD: Final = 0.05
MOST_SD: Final = 3.0
MISSED: Final = 0.14  # variance that a person brings to entries by exits: two counters


@dataclass(frozen=True)
class Beliefs:
    """What is believed before a lunch begins.

    `profile`: people who come in each five minutes after opening, a mean of days; `days`: how many
    taught it; `served_s`: seconds between two people served while somebody waits, and `served_sd`
    how much its logarithm differs from day to day; `ratio`: logarithm of true entries by exits for
    what the counters say, and `ratio_sd` how well it is known; `size_sd`: how much the logarithm of
    a day's people differs; `joined`: share of people who check in by phone; `counts_in` and
    `counts_out`: whether a counter tells entries, and exits.
    """

    profile: tuple[float, ...]
    days: float = 0.0
    served_s: float = 3.5
    served_sd: float = 0.25
    served_days: float = 0.0
    ratio: float = 0.0
    ratio_sd: float = 0.03
    size_sd: float = 0.5
    joined: float = 0.05
    counts_in: bool = True
    counts_out: bool = True

    def rate(self, second: float) -> float:
        """People a second who come then; 0 outside of the profile."""
        place = int(second // BIN_S)
        return self.profile[place] / BIN_S if 0 <= place < len(self.profile) else 0.0

    def coming(self, first: float, last: float) -> float:
        """People who come between two seconds after opening."""
        total, at = 0.0, first
        while at < last:
            end = min(last, (at // BIN_S + 1) * BIN_S)
            total += self.rate(at) * (end - at)
            at = end
        return total

    def as_json(self) -> dict[str, object]:
        """As plain values."""
        return asdict(self)


def from_json(stored: dict[str, object]) -> Beliefs:
    """What `as_json` gave.

    Raises:
        ValueError, TypeError, KeyError: it is something else.
    """
    profile = tuple(float(one) for one in stored["profile"])  # type: ignore[attr-defined]
    if not profile or not all(math.isfinite(one) and one >= 0 for one in profile):
        raise ValueError("profile")
    others: dict[str, float] = {
        name: bool(value) if name in FLAGS else float(value)  # type: ignore[arg-type]
        for name, value in stored.items()
        if name != "profile"
    }
    if not all(map(math.isfinite, others.values())):
        raise ValueError("a number")
    return replace(Beliefs(profile), **others)  # type: ignore[arg-type]  # all but the profile


def at_first(people: float, length_s: float) -> Beliefs:
    """Before the first lunch: people come most in the first half, as at every canteen.

    Args:
        people: how many are expected on a day.
        length_s: seconds from opening to closing.
    """
    bins = max(1, math.ceil(length_s / BIN_S))
    shape = [math.sin(math.pi * min(1.0, (at + 0.5) / bins * 1.2)) ** 2 for at in range(bins)]
    whole = sum(shape)
    return Beliefs(tuple(people * one / whole for one in shape))


@dataclass(frozen=True)
class Lunch:
    """What one lunch taught: entries and exits that may be compared, people who came by five
    minutes, seconds between two served, and whether entries and exits were counted at all."""

    entered: float
    left: float
    bins: Sequence[float]
    served_s: float | None
    counted: tuple[bool, bool] = (True, True)


def learn(known: Beliefs, day: Lunch) -> Beliefs:
    """The beliefs after one more lunch."""
    changed = replace(known, counts_in=day.counted[0], counts_out=day.counted[1])
    if sum(day.bins) >= LEAST:
        changed = _profile(changed, day.bins)
    if day.served_s is not None:
        changed = _served(changed, day.served_s)
    if min(day.entered, day.left) >= LEAST:
        changed = _ratio(changed, math.log(day.left / day.entered), day.entered)
    return changed


def _profile(known: Beliefs, seen: Sequence[float]) -> Beliefs:
    """The mean of all days, of the last thirty at most; the first counts far more than what was
    invented before it."""
    days = known.days
    share = FIRST_SHARE if days == 0 else max(1 / (days + 1), 1 / MOST_DAYS)
    size = max(len(known.profile), len(seen))
    before, now = ([*one, *[0.0] * (size - len(one))] for one in (known.profile, seen))
    mixed = tuple((1 - share) * a + share * b for a, b in zip(before, now, strict=True))
    apart = math.log(max(sum(now), 1) / max(sum(before), 1))
    spread = SECOND_SD if days == 0 else _spread(known.size_sd, days, apart)
    return replace(known, profile=mixed, days=days + 1, size_sd=max(LEAST_SIZE_SD, spread))


def _spread(sd: float, days: float, apart: float) -> float:
    """A standard deviation after one more day, which was so far from the mean."""
    return math.sqrt((sd**2 * (days + 2) + apart**2) / (days + 3))


def _served(known: Beliefs, seen_s: float) -> Beliefs:
    days = known.served_days
    mean = (math.log(known.served_s) * (days + 0.5) + math.log(seen_s)) / (days + 1.5)
    apart = math.log(seen_s) - mean
    spread = max(LEAST_SERVED_SD, _spread(known.served_sd, days, apart))
    return replace(known, served_s=math.exp(mean), served_sd=spread, served_days=days + 1)


def _ratio(known: Beliefs, seen: float, people: float) -> Beliefs:
    """In = out at the end of a day: what is missing was missed."""
    noise = MISSED / people
    before = known.ratio_sd**2 + 1e-6  # a counter changes slowly
    if abs(seen - known.ratio) > MOST_SD * math.sqrt(before + noise):
        return known  # somebody else's door was open, or a counter was silent and nobody noticed
    gain = before / (before + noise)
    return replace(
        known, ratio=known.ratio + gain * (seen - known.ratio),
        ratio_sd=math.sqrt((1 - gain) * before),
    )  # fmt: skip
