"""The worker: runs periodic jobs beside the web server. `python -m app.worker` starts it.

SCHEDULE is the one table of what happens when; core/jobs.py runs it. LANES is the table of what
happens as soon as it is due; core/lanes.py runs it. AT_START is done once before both.
"""

from __future__ import annotations

import sys

from app.accounts import jobs as accounts_jobs
from app.admin import jobs as admin_jobs
from app.cafeteria import jobs as cafeteria_jobs
from app.core import jobs, lanes
from app.core.config import Config, ConfigError
from app.directory import jobs as directory_jobs
from app.factory import create_app
from app.notices import jobs as notices_jobs
from app.photos import jobs as photos_jobs
from app.trips import jobs as trips_jobs

SCHEDULE: tuple[jobs.Entry, ...] = (
    jobs.Entry("forget-sign-in-failures", accounts_jobs.forget_failures, jobs.hourly(minute=7)),
    jobs.Entry("forget-sign-ins", accounts_jobs.forget_sign_ins, jobs.daily(hour=3, minute=20)),
    jobs.Entry("make-audit-keys", trips_jobs.make_audit_keys, jobs.daily(hour=0, minute=5)),
    jobs.Entry("expire-uploads", photos_jobs.expire_uploads, jobs.hourly(minute=17)),
    jobs.Entry("forget-exports", photos_jobs.forget_exports, jobs.hourly(minute=27)),
    jobs.Entry("sweep-exports", photos_jobs.sweep_exports, jobs.hourly(minute=32)),
    jobs.Entry("revive-photos", photos_jobs.revive_photos, jobs.hourly(minute=37)),
    jobs.Entry("seal-older-copies", photos_jobs.seal_older_copies, jobs.hourly(minute=47)),
    jobs.Entry("check-kept-files", photos_jobs.check_kept_files, jobs.hourly(minute=52)),
    jobs.Entry("forget-notices", notices_jobs.forget_notices, jobs.daily(hour=3, minute=30)),
    jobs.Entry(
        "forget-import-files", directory_jobs.forget_import_files, jobs.daily(hour=4, minute=25)
    ),
    jobs.Entry("forget-tellings", directory_jobs.forget_tellings, jobs.daily(hour=3, minute=35)),
    jobs.Entry("forget-bulk-files", directory_jobs.forget_bulk_files, jobs.hourly(minute=57)),
    jobs.Entry("forget-reports", cafeteria_jobs.forget_reports, jobs.daily(hour=3, minute=50)),
    jobs.Entry("practice-menus", cafeteria_jobs.renew_practice_menus, jobs.daily(0, 10)),
    jobs.Entry("refresh-demo", admin_jobs.refresh_demo, jobs.daily(hour=4, minute=10)),
    jobs.Entry("renew-demo-sheets", admin_jobs.renew_demo_sheets, jobs.hourly(minute=29)),
    jobs.Entry("renew-demo-directory", admin_jobs.renew_demo_directory, jobs.daily(4, 20)),
    jobs.Entry("tidy-database", jobs.tidy_database, jobs.daily(hour=3, minute=40)),
)
LANES: tuple[lanes.Lane, ...] = (
    *photos_jobs.LANES,
    *directory_jobs.LANES,
    *cafeteria_jobs.LANES,
)
AT_START: tuple[lanes.Lane, ...] = (*photos_jobs.AT_START, *directory_jobs.AT_START)


def main() -> None:
    """Run until told to stop."""
    try:
        config = Config.from_env()
    except ConfigError as error:
        for line in error.lines:
            print(f"config: {line}", file=sys.stderr)
        sys.exit(2)
    app = create_app(config)
    for once in AT_START:
        lanes.step(app, once)
    running = lanes.Running(app, LANES)
    try:
        jobs.run(app, SCHEDULE)
    finally:
        running.stop()


if __name__ == "__main__":
    main()
