"""The worker: runs periodic jobs beside the web server. `python -m app.worker` starts it.

SCHEDULE is the one table of what happens when; core/jobs.py runs it.
"""

from __future__ import annotations

import sys

from app.accounts import jobs as accounts_jobs
from app.admin import jobs as admin_jobs
from app.core import jobs
from app.core.config import Config, ConfigError
from app.factory import create_app
from app.trips import jobs as trips_jobs

SCHEDULE: tuple[jobs.Entry, ...] = (
    jobs.Entry("forget-sign-in-failures", accounts_jobs.forget_failures, jobs.hourly(minute=7)),
    jobs.Entry("forget-sign-ins", accounts_jobs.forget_sign_ins, jobs.daily(hour=3, minute=20)),
    jobs.Entry("make-audit-keys", trips_jobs.make_audit_keys, jobs.daily(hour=0, minute=5)),
    jobs.Entry("refresh-demo", admin_jobs.refresh_demo, jobs.daily(hour=4, minute=10)),
    jobs.Entry("tidy-database", jobs.tidy_database, jobs.daily(hour=3, minute=40)),
)


def main() -> None:
    """Run until told to stop."""
    try:
        config = Config.from_env()
    except ConfigError as error:
        for line in error.lines:
            print(f"config: {line}", file=sys.stderr)
        sys.exit(2)
    jobs.run(create_app(config), SCHEDULE)


if __name__ == "__main__":
    main()
