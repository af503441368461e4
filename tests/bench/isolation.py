"""Routes that take an id, walked by every role of one organisation with another's living ids."""

from __future__ import annotations

from tests.bench.stage import instance
from tests.conftest import client_of, close, make_app_in
from tests.house.test_isolation import clients_of, foreign, ticket_of, walk
from tools.bench import Report

FIGURES = ("isolation_routes", "isolation_leaks")


def run(report: Report) -> None:
    """Walk the site map by the walker of tests/house, which finds a leak that is planted."""
    app = make_app_in(instance(demo=False), {"LOG_LEVEL": "ERROR"})
    own, _, ids = foreign(app)
    clients = {**clients_of(app, own), "stranger": client_of(app)}
    seen = walk(app, clients, ids, ticket_of(app, own))
    close(app)
    for leak in seen.leaks:
        report.note(leak)
    report.note(f"{seen.calls} calls")
    report.figure("isolation_routes", seen.routes)
    report.figure("isolation_leaks", len(seen.leaks))
