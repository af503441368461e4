"""Alarms of sources, in the bell of those who keep them: every administrator of the installation.

An alarm is told when it begins, once; the nights in which its cause lasts tell nothing more. When
it is over or seen to, whoever has not read it need not any more.
"""

from __future__ import annotations

from app.accounts.service import people
from app.directory.queries.sources import SourceRow
from app.directory.rules import crawl_words
from app.notices import service as notices
from app.notices.service import Line, Reader, Told


def tell(source: SourceRow, reason: str, at: int) -> None:
    """Tell the administrators of an alarm, in the open transaction; of one that stands already
    nothing.

    Args:
        source: as it was before.
        reason: a code that `crawl_words.reason` knows.
        at: since when, Unix seconds.
    """
    if source.alarm is not None:
        return
    said, detail = crawl_words.reason(reason)
    about = f"{source.office_name} {source.label}"
    line, url = Line(said, detail), f"/directory/sources/{source.id}"
    key = _key(source.id, at)
    news = Told("directory-alarm", key, crawl_words.ALARM, about, (line,), url)
    notices.tell([Reader(*one) for one in people.list_all_administrators()], news)


def end(source: SourceRow) -> None:
    """An alarm is over or seen to, in the open transaction."""
    if source.alarm_at is not None:
        notices.take_back(_key(source.id, source.alarm_at))


def tell_line(at: int, cut_off: int, tried: int) -> None:
    """Tell the administrators that our own line seems to be down, in the open transaction.

    Args:
        at: since when, Unix seconds.
        cut_off: how many hosts could not be reached.
        tried: of how many.
    """
    lines = (Line(crawl_words.CUT_OFF, f"{cut_off} / {tried}"), Line(crawl_words.LINE_ADVICE))
    key, url = _line_key(at), "/directory/sources"
    news = Told("directory-alarm", key, crawl_words.LINE_DOWN, "", lines, url)
    notices.tell([Reader(*one) for one in people.list_all_administrators()], news)


def end_line(at: int) -> None:
    """Our line is there again, in the open transaction."""
    notices.take_back(_line_key(at))


def _line_key(at: int) -> str:
    return f"directory:alarm:line:{at}"


def _key(source_id: str, at: int) -> str:
    return f"directory:alarm:{source_id}:{at}"
