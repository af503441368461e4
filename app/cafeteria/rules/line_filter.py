"""How many people stand in a line, and how long who joins it now will wait: a particle filter.

Each particle is one story of the lunch: people in the line, how fast it is served today, whether
the serving is slow just now and for how long still, how much the entry counter misses more than the
exit counter, how many people come today, and whether the counters are silent though people pass.
After every ten seconds the stories that foresaw what was counted live on (sequential importance
resampling; Gordon, Salmond & Smith 1993, the flags by their optimal proposal: Doucet et al. 2000).

What counters miss alike cancels out: the line and its serving are measured by the same exits. Three
things keep the sums from drifting: a line that is served less than it could be is empty; what past
days taught of the counters; and taps.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Final

import numpy as np

from app.cafeteria.rules import likelihood, waiting
from app.cafeteria.rules.beliefs import Beliefs
from app.cafeteria.rules.counted import STEP_S, Counted, Wait
from app.cafeteria.rules.likelihood import COUNTED, CV2, Busier, Flags, Floats
from app.cafeteria.rules.silence import Silence
from app.cafeteria.rules.waiting import SLOW_EACH_S, SLOW_S

STORIES: Final = 1000
SLOWER: Final = (1.5, 2.1)  # times as long, while serving is slow
SPEED_S: Final = 900.0  # in which it forgets most
RATIO_S: Final = 1800.0
LUCK_S: Final = 900.0
LUCK_UNCOUNTED_S: Final = 400.0  # a wave that comes sooner is no bigger one
TAP_SD: Final = 0.16
TAP_LEAST: Final = 2.0
TRUSTING: Final = 0.1
TRUSTING_WAIT: Final = 0.3
ASTRAY: Final = 0.03  # taps and check-ins that mean nothing
REMEMBERED: Final = 240  # steps in which who is served now may have come
SERVED_SD: Final = 25.0
HALF: Final = 0.5
MISFIT: Final = 0.12  # of a wait, by which real lunches are no such stories
MISFIT_SILENT: Final = 0.4  # while counters are silent
MISFIT_UNCOUNTED: Final = 0.35  # where nobody is counted
UNSEEN_SD: Final = 0.3  # of the logarithm of people whom nobody counts
UNCOUNTED_SD: Final = 0.45  # the same, on days without counters
MOST_COMING: Final = 1e4
EARLY: Final = 3.0
QUANTILES: Final = (0.1, 0.5, 0.7, 0.9)


class LineFilter:
    """The stories of one line in one lunch; a step after the other."""

    def __init__(self, known: Beliefs, random: np.random.Generator, opens_s: float = 0.0) -> None:
        """Begin with an empty line.

        Args:
            known: what past days taught.
            random: where chance comes from; the same seed gives the same estimates.
            opens_s: until then people stand there and nobody is served.
        """
        self.opens_s, self.left_early = opens_s, 0.0
        self.known, self.random = known, random
        size = STORIES
        self.at = 0.0  # seconds after opening
        self.line = np.zeros(size)
        speed = np.exp(random.normal(0, known.served_sd, size))
        self.rate = 1 / (known.served_s * speed)  # people a second
        self.slow_left = np.zeros(size)
        self.slower = random.uniform(*SLOWER, size)
        self.ratio = np.exp(random.normal(known.ratio, known.ratio_sd, size))
        self.luck = random.normal(0, 1, size)  # where in what is known of the day's people it is
        self.busier = Busier(1 / known.size_sd**2)
        self.silence = Silence(size, known.counts_in, known.counts_out)
        self.weight = np.full(size, 1 / size)
        self.came: Floats | None = None  # people who came, by story and step
        self.gone = np.zeros(size)
        self.came_now = 0.0  # people who came in the last step
        counted = known.counts_in or known.counts_out
        self.misfit = MISFIT if counted else MISFIT_UNCOUNTED
        self.luck_s = LUCK_S if known.counts_in else LUCK_UNCOUNTED_S
        self.by_phone = False  # whether anybody checks in

    def step(self, seen: Counted) -> None:
        """Live through ten seconds and what was reported in them."""
        self.at += STEP_S
        self._wander()
        self._open_early(seen.left)
        profile = self.known.coming(self.at - STEP_S, self.at)
        expected = profile * self.busier.at(self.luck)
        usual = profile * self.busier.factor
        chance = self.random.random(len(self.line))
        logs = self.silence.flip(seen, usual, self.line, self._able() / STEP_S, chance)
        coming = self._arrivals(seen, profile)
        there = self.line + coming
        logs += self._serve(seen, there)
        thought = float(self.weight @ self.line)
        logs += self._taps(seen.taps)
        self.by_phone = self.by_phone or bool(seen.joined or seen.served)
        if self.by_phone:
            logs += likelihood.poisson(seen.joined, expected * self.known.joined)
            logs += self._check_ins(seen.served, coming)
        self._weigh(logs)
        if self.silent < HALF:
            self.busier.learn(seen.entered, profile)
        self.came_now = float(self.weight @ coming)
        if not self.known.counts_in and (seen.taps or seen.served):
            # whom nobody counted, and the kitchen or a colleague found there
            self.came_now += float(self.weight @ self.line) - thought

    def copy(self) -> LineFilter:
        """The same stories, to see what becomes of them: nothing comes back from there."""
        return deepcopy(self)

    def wait(self) -> Wait:
        """What who joins now will wait."""
        minutes = self._waits() / 60
        order = np.argsort(minutes)
        sums = np.cumsum(self.weight[order])
        places = np.minimum(np.searchsorted(sums, QUANTILES), len(order) - 1)
        q10, q50, q70, q90 = (float(minutes[order[one]]) for one in places)
        return Wait(q10, q50, q70, q90, float(self.weight @ self.line))

    @property
    def silent(self) -> float:
        """How probable it is that people pass and no counter says so."""
        return float(self.weight @ self.silence.either)

    @property
    def nobody(self) -> float:
        """How probable it is that the line is empty."""
        return float(self.weight @ (self.line < 1))

    @property
    def served_s(self) -> float:
        """Seconds between two people served, when it is not slow."""
        return float(np.exp(self.weight @ -np.log(self.rate)))

    @property
    def served_now_s(self) -> float:
        """Seconds between two people served at present."""
        return float(np.exp(self.weight @ -np.log(self._speed())))

    def _wander(self) -> None:
        """Serving that is slow ends at its time. Its usual speed, and what the counters miss,
        differ between days as between parts of one: they wander about what is known of them."""
        self.slow_left = np.maximum(0.0, self.slow_left - STEP_S)
        known = self.known
        self.rate = self._wandered(self.rate, -np.log(known.served_s), known.served_sd, SPEED_S)
        self.ratio = self._wandered(self.ratio, known.ratio, known.ratio_sd, RATIO_S)
        stays = np.exp(-STEP_S / self.luck_s)
        noise = self.random.normal(0, np.sqrt(1 - stays**2), len(self.luck))
        self.luck = stays * self.luck + noise

    def _wandered(self, values: Floats, mean: float, spread: float, memory_s: float) -> Floats:
        """Positive values a step later, whose logarithms are an Ornstein-Uhlenbeck process."""
        stays = np.exp(-STEP_S / memory_s)
        noise = self.random.normal(0, spread * np.sqrt(1 - stays**2), len(values))
        found: Floats = np.exp(mean + stays * (np.log(values) - mean) + noise)
        return found

    def _speed(self) -> Floats:
        """People a second now."""
        return self.rate / np.where(self.slow_left > 0, self.slower, 1.0)

    def _open_early(self, left: float) -> None:
        """People who are served before their time say that it has opened; one may be the cook."""
        if self.at <= self.opens_s:
            self.left_early += left
            if self.left_early >= EARLY:
                self.opens_s = self.at - STEP_S

    def _able(self) -> Floats:
        """People who can be served in this step: none before it opens."""
        return self._speed() * (STEP_S if self.at > self.opens_s else 0.0)

    def _arrivals(self, seen: Counted, profile: float) -> Floats:
        """People who came, in the exit counter's measure; where nobody counts them, as many as on
        other days, more or less: a wave of people comes some minutes sooner or later."""
        size = len(self.line)
        noise = self.random.normal(0, 1, size) * np.sqrt(COUNTED * seen.entered)
        counted = np.maximum(0.0, seen.entered * self.ratio + noise)
        counts_in = self.known.counts_in
        unseen = UNSEEN_SD if counts_in else UNCOUNTED_SD
        expected = np.minimum(profile * self.busier.at(self.luck, unseen), MOST_COMING)
        if not counts_in:  # what is guessed teaches the next days: its mean must stay
            expected = expected * np.exp(-(unseen**2) / 2)
        late = np.where(self.silence.late, self.silence.came_unseen, 0.0)
        guessed = self.random.poisson(np.minimum(expected + late, MOST_COMING)).astype(float)
        found: Floats = np.where(self.silence.entries, guessed, counted)
        return found

    def _serve(self, seen: Counted, there: Floats) -> Floats:
        """People who were served leave; how likely so many were."""
        size = len(there)
        logs, empty = np.zeros(size), np.zeros(size, dtype=bool)
        if seen.left:
            logs, empty = self._served(seen.left, there)
        able = self._able()
        room = np.maximum(0.0, able + self.random.normal(0, 1, size) * np.sqrt(CV2 * able))
        guessed = np.minimum(there, room)
        noise = self.random.normal(0, 1, size) * np.sqrt(COUNTED * seen.left)
        out = np.where(self.silence.exits, guessed, np.maximum(0.0, seen.left + noise))
        self.line = np.where(empty, 0.0, np.maximum(0.0, there - out))
        self.gone += there - self.line
        return logs

    def _served(self, left: float, there: Floats) -> tuple[Floats, Flags]:
        """How likely it is that so many were served, and whether nobody is left. A story may find
        that serving has become slow, as it makes this likelier."""
        size, normal, starts = len(there), self.slow_left <= 0, STEP_S * SLOW_EACH_S
        able = self._speed() * STEP_S
        now, slow = (
            np.stack(likelihood.served(left, there, one)) for one in (able, able / self.slower)
        )
        as_now, as_slow = now.sum(axis=0), slow.sum(axis=0)
        both = np.where(normal, (1 - starts) * as_now + starts * as_slow, as_now)
        flips = normal & (self.random.random(size) * both < starts * as_slow)
        self.slow_left = np.where(flips, self.random.uniform(*SLOW_S, size), self.slow_left)
        chosen = np.where(flips, slow, now)
        empty = self.random.random(size) * chosen.sum(axis=0) < chosen[1]
        known = ~self.silence.exits
        return np.where(known, np.log(both), 0.0), empty & known

    def _taps(self, taps: Sequence[float]) -> Floats:
        """How likely taps are. Some stories take a tap's word for it: where all counted wrong for
        long, none would be near."""
        logs = np.zeros(len(self.line))
        for tap in taps:
            trusting = self.random.random(len(logs)) < TRUSTING
            told = tap + self.random.normal(0, TAP_LEAST + TAP_SD * tap, len(logs))
            self.line = np.where(trusting, np.maximum(0.0, told), self.line)
            spread = np.sqrt((TAP_SD * self.line) ** 2 + TAP_LEAST**2)
            likely = np.exp(-0.5 * ((tap - self.line) / spread) ** 2) / spread
            logs += np.log((1 - ASTRAY) * likely + ASTRAY / 100)
        return logs

    def _check_ins(self, waits: Sequence[float], coming: Floats) -> Floats:
        """How likely waits were: who is served now came when as many had come as are gone now."""
        size = len(self.line)
        logs = np.zeros(size)
        if self.came is None:
            self.came = np.tile(self.gone[:, None] + self.line[:, None], (1, REMEMBERED))
        else:
            self.came[:, :-1] = self.came[:, 1:]
            self.came[:, -1] += coming
        for wait in waits:
            self._trust_wait(wait)
            later = (self.came > self.gone[:, None]).sum(axis=1)
            guess = np.maximum(0.0, later - 0.5) * STEP_S
            spread = SERVED_SD + 0.1 * guess
            likely = np.exp(-0.5 * ((wait - guess) / spread) ** 2) / spread
            logs += np.log((1 - ASTRAY) * likely + ASTRAY / 1200)
        return logs

    def _trust_wait(self, wait: float) -> None:
        """Some stories take it for true: who stands there now came after who is served now."""
        steps = round(wait / STEP_S)
        if self.came is None or not 0 <= steps < REMEMBERED:
            return
        trusting = self.random.random(len(self.line)) < TRUSTING_WAIT
        there = self.came[:, -1] - self.came[:, -1 - steps]
        self.line = np.where(trusting, np.maximum(0.0, there), self.line)
        self.gone = np.where(trusting, self.came[:, -1] - self.line, self.gone)

    def _weigh(self, logs: Floats) -> None:
        """Weigh the stories, and let the likely ones go on more than once when few are left."""
        logs = logs + np.log(np.maximum(self.weight, 1e-300))
        found = np.exp(logs - logs.max())
        self.weight = found / found.sum()
        if 1 / (self.weight**2).sum() < len(self.weight) / 2:
            self._resample()

    def _resample(self) -> None:
        size = len(self.weight)
        places = (self.random.random() + np.arange(size)) / size
        kept = np.minimum(np.searchsorted(np.cumsum(self.weight), places), size - 1)
        for name in ("line", "rate", "slow_left", "slower", "ratio", "luck", "gone"):  # fmt: skip
            setattr(self, name, getattr(self, name)[kept])
        self.silence.keep(kept)
        if self.came is not None:
            self.came = self.came[kept]
        self.weight = np.full(size, 1 / size)

    def _waits(self) -> Floats:
        """Seconds for each story."""
        told = (self.line, self.rate, self.slow_left, self.slower)
        misfit = np.where(self.silence.either, max(self.misfit, MISFIT_SILENT), self.misfit)
        return waiting.waits(*told, misfit, self.random) + max(0.0, self.opens_s - self.at)
