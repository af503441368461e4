"""Twelve offices of twelve structures, read by two workers of which one is killed, politely."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.directory.country import Country, give_moods, rebuild
from tests.directory.fake_offices import Land
from tools.place import free_port


@pytest.fixture
def land() -> Iterator[Land]:
    """Twelve offices of sixteen people."""
    made = Land(12, free_port(), (2, 8), 0.12)
    yield made
    made.stop()


def test_everybody_is_found_and_nobody_is_worn_out(app: Flask, land: Land) -> None:
    """Also after a day on which people and pages have changed, and one worker was killed."""
    home = app.extensions["office_config"].instance_dir
    country = Country(app, home, land, 120)
    workers = country.workers(2)
    try:
        country.ask_trials()
        assert country.wait(60)
        assert country.switch_on() == []
        give_moods(land, 1, 4)
        country.expect()
        os.killpg(workers[0].pid, signal.SIGKILL)
        assert country.wait(60)
        first = country.judge()
        country.alarmed = {0, 4, 7}
        before = country.expected
        rebuild(land, lost={0}, ruined={4}, closed={7})
        country.expect()
        country.expected |= {number: before[number] for number in country.alarmed}
        workers += country.workers(1)
        country.new_day()
        assert country.wait(60)
        second = country.judge()
    finally:
        for process in workers:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
    assert first.told == []
    assert second.told == []
    assert (first.percent, second.percent) == (100, 100)
    assert land.violations == []
    assert sum(one.manners.unchanged for one in land.offices) > 0
