"""Where photos may be handed over to: addresses and folders that an administrator has typed.

The danger removed here: an administrator of one organisation who makes our worker knock at what
only our machine can reach (core/reach.py says what that is), or write into a folder that is
another's.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

from app.core.reach import Allowed, is_address, may_reach

KINDS: Final = ("folder", "webdav", "webhook")
NAME: Final = re.compile(r"[0-9A-Za-z가-힣][0-9A-Za-z가-힣._-]{0,39}")
WAIT, READ = "wait", "read"


class BadAddress(ValueError):
    """The address cannot be used; the message is a code that `words.reason` knows."""


def web_address(text: str, allowed: Allowed) -> str:
    """An address of a WebDAV folder or a webhook, checked as far as it can be without asking.

    Raises:
        BadAddress: with the reason.
    """
    try:
        parts = urlsplit(text)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError as error:
        raise BadAddress("address") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_valid:
        raise BadAddress("address")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise BadAddress("address-secret")
    if not text.isascii() or any(sign in text for sign in '\\ \t\r\n"<>'):
        raise BadAddress("address")
    if is_address(parts.hostname) and not may_reach(parts.hostname, allowed):
        raise BadAddress("address-closed")
    return text


def folder_address(code: str, name: str, ack: str) -> str:
    """The stored form of a folder below the operator's hand-over folder.

    Args:
        code: the organisation's, the name of its folder there.
        name: what the administrator calls the folder; no path.
        ack: `wait` for the other side's answer, or `read` the file once more and be content.

    Raises:
        BadAddress: a name that could lead elsewhere.
    """
    if not NAME.fullmatch(name) or ack not in {WAIT, READ}:
        raise BadAddress("folder")
    return f"folder:{code}/{name}?ack={ack}"


def read_folder(url: str) -> tuple[str, str, str]:
    """Organisation code, folder and way of acknowledgement of a stored folder address.

    Raises:
        BadAddress: it is none.
    """
    path, _, ack = url.removeprefix("folder:").partition("?ack=")
    code, _, name = path.partition("/")
    if not re.fullmatch(r"[0-9A-Za-z-]{2,16}", code) or not NAME.fullmatch(name):
        raise BadAddress("folder")
    return code, name, ack


def is_same_server(old: str, new: str) -> bool:
    """Whether an address leads to where another one led, and no less safely; a folder's is the
    operator's own machine."""
    before, after = urlsplit(old), urlsplit(new)
    if before.hostname != after.hostname:
        return False
    if before.scheme == after.scheme:
        return before.port == after.port
    return after.scheme == "https" and before.port is None and after.port is None


def is_in_clear(url: str) -> bool:
    """Whether what goes to an address can be read on the way: `http://` beyond this machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    here = host == "localhost" or (is_address(host) and ipaddress.ip_address(host).is_loopback)
    return parts.scheme == "http" and not here


def shown(kind: str, url: str) -> str:
    """An address as a person reads it."""
    return url.removeprefix("folder:").partition("?ack=")[0] if kind == "folder" else url
