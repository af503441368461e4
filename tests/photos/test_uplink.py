"""The drill's proxy: which kill or drop made a piece of a photo go twice."""

from __future__ import annotations

from tests.bench.drills.uplink import PIECE, Meter, Tally


def piece(path: str, at: int, size: int) -> bytes:
    """A PATCH as it passes."""
    head = f"PATCH {path} HTTP/1.1\r\nContent-Type: {PIECE}\r\nUpload-Offset: {at}\r\n"
    return f"{head}Content-Length: {size}\r\n\r\n".encode() + b"x" * size


def test_each_piece_that_goes_again_is_blamed_on_one_kill() -> None:
    tally = Tally()
    kills = 0
    tally.happened = lambda: kills
    meter = Meter(tally)
    for path in ("/a", "/b"):
        meter.feed(piece(path, 0, 10))
        meter.feed(piece(path, 10, 10)[:-4])  # cut by what happens now
        kills += 1
        meter = Meter(tally)
    kills += 1  # nothing was under way
    for path in ("/b", "/a"):  # both only now: one piece for each kill
        meter.feed(piece(path, 10, 10))
    assert (tally.again, tally.most) == (2, 0.6)  # six of its ten bytes had passed
    meter.feed(piece("/a", 20, 10))
    meter.feed(piece("/a", 30, 10))
    assert (tally.again, tally.most) == (2, 0.6)


def test_two_pieces_again_after_one_kill_are_told() -> None:
    tally = Tally()
    kills = 0
    tally.happened = lambda: kills
    meter = Meter(tally)
    for at in (0, 10):
        meter.feed(piece("/a", at, 10))
    kills += 1
    for at in (0, 10):
        meter.feed(piece("/a", at, 10))
    assert (tally.again, tally.most) == (2, 2)


def test_one_large_piece_that_goes_again_in_small_ones_is_one() -> None:
    tally = Tally()
    kills = 0
    tally.happened = lambda: kills
    meter = Meter(tally)
    meter.feed(piece("/a", 0, 40))
    kills += 1
    for at in (0, 10, 20, 30):
        meter.feed(piece("/a", at, 10))
    assert (tally.again, tally.blamed[0], tally.most) == (4, 4, 1)


def test_what_a_bad_spell_refused_is_no_kills_fault() -> None:
    tally = Tally()
    meter = Meter(tally)
    tally.spell = True
    meter.feed(piece("/a", 0, 10))
    tally.spell = False
    meter.feed(piece("/a", 0, 10))
    assert (tally.again, tally.most) == (1, 0)
