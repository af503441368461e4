"""A worker that reads staff pages only, to be killed: `python -m tests.directory.crawler INSTANCE`.

It runs until it is killed, or until nothing is under way with a second word. Requests, turns and
pauses after faults are short, so that what a killed one held is taken up again soon; everything
else is the product's.
"""

from __future__ import annotations

import sys
import time

from sqlalchemy import text

from app.core.config import Config
from app.core.db import value
from app.core.fetch import fetcher, line, rules
from app.core.lanes import Lane, Running
from app.directory.rules import health
from app.directory.service import crawl, crawl_end
from app.factory import create_app

LANES = 3
OPEN = """SELECT count(*) FROM directory_sources s LEFT JOIN fetch_rounds r
    ON r.owner = s.id WHERE r.state = 'running' OR (s.state = 'on' AND s.next_at <= :now)"""


def hurry() -> None:
    """Shorten what is waited for."""
    line.WHOLE_S, line.STEP_S, fetcher.MARGIN_S = 3.0, 2.5, 1.0
    rules.FIRST_PAUSE_S = 0.5
    crawl.LEASE_S, crawl_end.LEASE_S = 6, 4
    health.page_pause = lambda tries: min(tries, 3)


def main(instance: str, port: str, delay_ms: str, until_quiet: str = "") -> None:
    """Read until nothing is left."""
    given = {"INSTANCE_DIR": instance, "DEMO": "1", "LOG_LEVEL": "ERROR"}
    given |= {"FETCH_PORTS": port, "FETCH_DELAY_MS": delay_ms}
    app = create_app(Config.from_env(given))
    hurry()
    lanes = tuple(Lane(f"crawl-{at}", crawl.crawl_due, pause_s=0.02) for at in range(LANES))
    running = Running(app, lanes)
    print("begun", flush=True)
    left = 1
    while left or not until_quiet:
        time.sleep(0.2)
        with app.app_context():
            left = value(text(OPEN), {"now": int(time.time())})
    running.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
