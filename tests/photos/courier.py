"""A delivering worker to be killed: `python -m tests.photos.courier INSTANCE [seconds of pause]`.

It delivers until nothing is left or it is killed. Leases and pauses are short, so that what a
killed one held is taken up again at once; everything else is the product's.
"""

from __future__ import annotations

import sys
import time

from sqlalchemy import text

from app.core import db
from app.core.config import Config
from app.factory import create_app
from app.photos.rules import delivery
from app.photos.service import deliver

OPEN = "SELECT count(*) FROM photo_deliveries WHERE state IN ('waiting', 'sent')"


def main(instance: str, longest: str = "1") -> None:
    """Deliver until nothing is left."""
    app = create_app(Config.from_env({"INSTANCE_DIR": instance, "DEMO": "1", "LOG_LEVEL": "ERROR"}))
    deliver.LEASE_S = 1
    delivery.FIRST_S, delivery.LONGEST_S = 1, int(longest)
    delivery.MOST_TRIES = delivery.Failure.tries = 10_000
    print("begun", flush=True)
    while True:
        with app.app_context():
            done = deliver.deliver_due()
            if db.value(text(OPEN)) == 0:
                return
        if not done:
            time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
