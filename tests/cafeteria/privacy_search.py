"""Searches for what a canteen must not keep: pictures, addresses of devices, faces, persons.

Each function says what it found, one line a finding; nothing found is an empty list. They read past
the application: the schema and the rows by SQLite itself, and every byte of the instance's files.
"""

from __future__ import annotations

import base64
import logging
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

OF_A_PERSON = {
    "canteen_wishes.person_id": "a notice must reach somebody; deleted when they were told, or "
    "when the day is over"
}
BLOBS = {
    "canteen_devices.key_wrapped": "a counter's secret, sealed",
    "canteen_devices.key_sealed": "a counter's secret, sealed",
    "canteen_readings.digest": "sixteen bytes of a hash: tells the same report from another",
}
TELLING = re.compile(
    r"person|user|officer|staff|employee|viewer|session|sign_in|(^|_)by($|_)|phone|e?mail|badge|card"
    r"|mac($|_)|ssid|imei|addr|(^|_)ip($|_)|agent|face|image|picture|photo|video|frame|embed|print",
    re.IGNORECASE,
)
MAC = re.compile(r"(?<![0-9a-f:-])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![0-9a-f:-])", re.IGNORECASE)
MAGIC = {
    "JPEG": re.compile(rb"\xff\xd8\xff[\xe0\xe1\xdb\xfe]..(?:JFIF|Exif)", re.DOTALL),
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "GIF": re.compile(rb"GIF8[79]a"),
    "WebP": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "JPEG in base64": re.compile(rb"/9j/4AAQ"),
    "PNG in base64": re.compile(rb"iVBORw0KGgo"),
}


def tables(connection: sqlite3.Connection) -> list[str]:
    """The tables of a database that have rows of their own (a full-text index has not)."""
    found = "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name"
    virtual = {name for name, words in connection.execute(found) if "VIRTUAL" in words.upper()}
    return [
        name
        for name, _ in connection.execute(found)
        if not any(name == one or name.startswith(f"{one}_") for one in virtual)
    ]


def canteen_tables(connection: sqlite3.Connection) -> list[str]:
    """Those of the canteen."""
    return [one for one in tables(connection) if one == "canteens" or one.startswith("canteen_")]


def in_schema(database: Path) -> list[str]:
    """Columns of the canteen that could hold a picture, a device's address, a face or a person."""
    with closing(sqlite3.connect(database)) as connection:
        return [one for table in canteen_tables(connection) for one in _in_table(connection, table)]


def _in_table(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    for _, name, kind, *_ in connection.execute(f"PRAGMA table_info({table})"):
        column = f"{table}.{name}"
        if TELLING.search(name) and column not in OF_A_PERSON:
            yield f"{column} could tell who or what"
        if ("BLOB" in kind.upper() or not kind) and column not in BLOBS:
            yield f"{column} holds bytes of any kind"
    for _, _, other, name, *_ in connection.execute(f"PRAGMA foreign_key_list({table})"):
        column = f"{table}.{name}"
        if other in {"persons", "sign_ins", "device_keys"} and column not in OF_A_PERSON:
            yield f"{column} points to {other}"


def _cells(connection: sqlite3.Connection, table: str) -> Iterator[tuple[str, Any]]:
    rows = connection.execute(f"SELECT * FROM {table}")  # noqa: S608
    names = [one[0] for one in rows.description]
    for row in rows:
        yield from zip((f"{table}.{name}" for name in names), row, strict=True)


def in_rows(database: Path, secrets: Iterable[str]) -> list[str]:
    """Rows of the canteen with a person, a device's address, or a picture in them."""
    wanted, found = [one for one in secrets if one], []
    with closing(sqlite3.connect(database)) as connection:
        for table in canteen_tables(connection):
            for column, value in _cells(connection, table):
                if column not in OF_A_PERSON:
                    found += [f"{column}: {one}" for one in _told(value, wanted)]
    return found


def _told(value: Any, wanted: Sequence[str]) -> Iterator[str]:
    data = value if isinstance(value, bytes) else str(value).encode()
    text = data.decode("utf-8", "replace")
    yield from (one for one in wanted if one in text)
    yield from (f"the address {one}" for one in MAC.findall(text))
    yield from (kind for kind, magic in MAGIC.items() if magic.search(data))


def beside_ids(database: Path, ids: Iterable[str]) -> list[str]:
    """Check-ins' ids in any other table: there they could stand beside a person."""
    wanted, found = list(ids), []
    with closing(sqlite3.connect(database)) as connection:
        for table in tables(connection):
            if table == "canteen_check_ins":
                continue
            for column, value in _cells(connection, table):
                found += [f"{column}: a check-in" for one in wanted if one in str(value)]
    return found


def in_files(folder: Path, secrets: Iterable[bytes]) -> list[str]:
    """Files below a folder, whatever they are, that have a picture or one of these in their bytes.

    Args:
        folder: of the instance: database, write-ahead log, logs and all else.
        secrets: what was sent in and must not be there.
    """
    wanted, found = list(secrets), []
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        data = path.read_bytes()
        found += [f"{path.name}: {one[:24]!r}" for one in wanted if one in data]
        found += [f"{path.name}: a {kind}" for kind, magic in MAGIC.items() if magic.search(data)]
    return found


def forms_of(picture: bytes) -> list[bytes]:
    """A picture's bytes as they could be kept: as they are, in base64, in hex; a piece of each."""
    whole = (picture, base64.b64encode(picture), picture.hex().encode())
    return [one[30:60] for one in whole]


def forms_of_address(mac: str) -> list[bytes]:
    """A device's address as it could be kept."""
    plain = mac.replace(":", "")
    found = [mac, mac.upper(), plain, plain.upper(), mac.replace(":", "-")]
    return [*(one.encode() for one in found), bytes.fromhex(plain)]


def in_log(records: Sequence[logging.LogRecord], secrets: Iterable[str]) -> list[str]:
    """What the log says of check-ins beyond route, method, status and time; and secrets anywhere in
    it."""
    wanted, found = [one for one in secrets if one], []
    for record in records:
        said = f"{record.getMessage()} {vars(record)}"
        found += [f"{record.name}: {one[:24]}" for one in wanted if one in said]
        facts = getattr(record, "facts", {})
        if "check-ins" in str(facts.get("route", "")):
            more = set(facts) - {"route", "method", "status", "ms"}
            found += [f"{facts['route']} with {name}" for name in sorted(more)]
    return list(dict.fromkeys(found))


def in_answer(name: str, text: str, secrets: Iterable[str]) -> list[str]:
    """Persons, addresses of devices and check-ins in what was answered."""
    return [f"{name}: {one}" for one in _told(text, [one for one in secrets if one])]
