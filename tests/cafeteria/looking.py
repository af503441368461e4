"""A canteen, the engine that looks at it, and a clock that stands where a test says."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

from app.cafeteria.queries import estimates
from app.cafeteria.service.live import Live
from tests.cafeteria.counters import Counter, make_counter, stop_clock
from tests.cafeteria.fault_lunch import OPENS, ZERO
from tests.cafeteria.made import Made, make_canteen
from tests.scene import Scene

Said = dict[str, Any]
DUTY = "/api/canteen/duty/taps"


class Watched:
    """A canteen at half past eleven on a Thursday, and who looks at it."""

    def __init__(self, scene: Scene, *lines: str) -> None:
        """Make it; the clock stands at half past eleven."""
        self.scene = scene
        self.go(0)
        self.made: Made = make_canteen(scene, *(lines or ("한식 줄",)))
        self.engine = self.new_engine()
        self.cook = scene.enter("canteen")

    def new_engine(self) -> Live:
        """Who looks, and remembers nothing of what was before; their clock is the test's."""
        return Live(lambda: self.at)

    def go(self, second: float, days: int = 0) -> None:
        """Let the clock stand so many seconds after half past eleven, days later."""
        self.at = (OPENS + timedelta(days=days)).timestamp() + second
        stop_clock(self.scene, self.at)

    def turn(self) -> int:
        """Look once; how many canteens have something new to tell."""
        with self.scene.app.app_context():
            return self.engine.turn()

    def said(self, made: Made | None = None) -> Said:
        """What is told after a look."""
        self.turn()
        return self.kept(made)[1]

    def tag(self) -> str:
        """The tag of that."""
        self.turn()
        return self.kept()[0]

    def kept(self, made: Made | None = None) -> tuple[str, Said]:
        """What is told without looking anew: its tag, and what it says."""
        with self.scene.app.app_context():
            found = estimates.find_document((made or self.made).canteen_id)
        assert found is not None
        said: Said = json.loads(found.body)
        return found.tag, said

    def canteen_ms(self) -> int:
        """What the canteen's clock shows to who has the document."""
        said = self.said()
        gone = round(self.at * 1000) - said["made_ms"]
        return int(said["clock"]["at_ms"] + gone * said["clock"]["speed"])

    def press(self, kind: str, people: int | None = None, line: int = 0, ago_ms: int = 0) -> str:
        """The kitchen presses; the press's id."""
        tap_id = str(uuid.uuid4())
        body = {"id": tap_id, "line_id": self.made.line_ids[line], "kind": kind}
        answer = self.cook.post(DUTY, json=body | {"people": people, "ago_ms": ago_ms})
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return tap_id

    def counter(self, kind: str = "both") -> Counter:
        """A counter at the first line."""
        return make_counter(self.scene, kind, 10, self.made)

    def report(self, counter: Counter, until: int, first: int = 10, **counted: int) -> None:
        """It reports every ten seconds up to a second, one more each other time (the same again and
        again would be a fault); looked at after each."""
        for second in range(first, until + 1, 10):
            self.go(second)
            told = {name: number + second // 10 % 2 for name, number in counted.items()}
            given: Said = {"seq": second, "ts": ZERO + second - 0.2, **told}
            assert counter.send(**given).status_code == 200
            self.turn()

    def count(self, table: str) -> int:
        """Rows in a table."""
        ((found,),) = self.scene.rows(f"SELECT count(*) FROM {table}")  # noqa: S608
        return int(found)
