"""Sixty invented offices of twelve structures, read by two workers of which one is killed.

They are written in EUC-KR and UTF-8, fail in eight ways, and are rebuilt on the second day: people
come and go everywhere, columns get other names, lists grow, and at some offices people vanish. The
offices themselves note whoever is impolite; what they show is the truth that the directory is
measured by, and those whose people vanish keep what they had and raise an alarm.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time

from tests.bench.stage import application, instance
from tests.directory.country import Country, give_moods, rebuild
from tests.directory.fake_offices import Land
from tools.bench import Report
from tools.place import free_port

FIGURES = ("crawl_found_percent", "crawl_violations")
OFFICES, SIZE, PAUSE_MS, WITHIN_S = 60, (5, 12), 250, 420.0
LOST, RUINED, CLOSED = {0, 15, 30}, {4, 13, 34, 47, 59}, {7, 26, 45}


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a worker in whatever it does."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def days(country: Country, workers: list[subprocess.Popen[bytes]], report: Report) -> float:
    """Two days; the part of people found on the worse one, in percent."""
    land = country.land
    country.ask_trials()
    country.wait(WITHIN_S)
    told = country.switch_on()
    give_moods(land, 3, 9)
    country.expect()
    time.sleep(3)
    kill(workers.pop(0))
    workers += country.workers(1)
    country.wait(WITHIN_S)
    first = country.judge()
    country.alarmed, before = LOST | RUINED | CLOSED, country.expected
    give_moods(land, 2, 7)
    rebuild(land, LOST, RUINED, CLOSED)
    country.expect()
    country.expected |= {number: before[number] for number in country.alarmed}
    country.new_day()
    time.sleep(3)
    kill(workers.pop(0))
    workers += country.workers(1)
    country.wait(WITHIN_S)
    second = country.judge()
    for line in (*told, *first.told, *second.told, *land.violations[:20]):
        report.note(line)
    report.note(f"{first.true} people on the first day, {second.true} on the second")
    return min(first.percent, second.percent)


def run(report: Report) -> None:
    """The drill."""
    home = instance(demo=False)
    land = Land(OFFICES, free_port(), SIZE, PAUSE_MS / 1000)
    country = Country(application(home), home, land, PAUSE_MS)
    workers = country.workers(2)
    began = time.monotonic()
    try:
        percent = days(country, workers, report)
    finally:
        for process in workers:
            kill(process)
        land.stop()
    faults = sum(sum(one.manners.faults.values()) - one.manners.faults[""] for one in land.offices)
    unchanged = sum(one.manners.unchanged for one in land.offices)
    report.note(f"{faults} faults, {unchanged} pages unchanged, 2 workers killed")
    report.note(f"{len(LOST | RUINED | CLOSED)} alarms due; {time.monotonic() - began:.0f} s")
    report.figure("crawl_found_percent", percent)
    report.figure("crawl_violations", len(land.violations))


if __name__ == "__main__":
    run(Report())
