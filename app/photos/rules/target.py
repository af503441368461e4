"""Where photos may be handed over to: addresses and folders that an administrator has typed.

The danger removed here: an administrator of one organisation who makes our worker knock at what
only our machine can reach (a cloud's metadata service, the database beside us), or write into a
folder that is another's. Offices' work systems do stand in private networks, so those are allowed
unless the operator says otherwise; what is link-local, or no address of a host, never is.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

KINDS: Final = ("folder", "webdav", "webhook")
NAME: Final = re.compile(r"[0-9A-Za-z가-힣][0-9A-Za-z가-힣._-]{0,39}")
WAIT, READ = "wait", "read"
PRIVATE: Final = tuple(
    ipaddress.ip_network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)
UNIQUE_LOCAL: Final = ipaddress.ip_network("fc00::/7")
# Where clouds answer their own machines; those that are link-local need not stand here.
METADATA: Final = frozenset(
    ipaddress.ip_address(one)
    for one in (
        "168.63.129.16", "192.0.0.192", "100.100.100.200", "fd00:ec2::254", "fd20:ce::254",
    )
)  # fmt: skip
# Networks of IPv6 whose last four bytes are an address of IPv4: mapped, compatible (RFC 4291),
# translated (RFC 6052).
WRAPS: Final = tuple(
    ipaddress.IPv6Network(one) for one in ("::ffff:0:0/96", "::/96", "64:ff9b::/96")
)
# Translated within one's own walls (RFC 8215): how many bytes stand before the IPv4 is anybody's.
LOCAL_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b:1::/48")
STARTS: Final = ((6, 7, 9, 10), (7, 9, 10, 11), (9, 10, 11, 12), (12, 13, 14, 15))
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class BadAddress(ValueError):
    """The address cannot be used; the message is a code that `words.reason` knows."""


@dataclass(frozen=True)
class Allowed:
    """What the operator lets the worker reach: private networks, and this machine itself."""

    private: bool
    loopback: bool


def may_reach(host: str, allowed: Allowed) -> bool:
    """Whether the worker may open a connection to an IP address.

    Args:
        host: the address as text, already looked up; a name is refused.
        allowed: the operator's choice.
    """
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    meant = _inner(found)
    return bool(meant) and all(_may_reach(one, allowed) for one in meant)


def _may_reach(found: Address, allowed: Allowed) -> bool:
    if found in METADATA or found.is_link_local or found.is_multicast:
        return False
    if found.is_loopback:
        return allowed.loopback
    if isinstance(found, ipaddress.IPv4Address):
        private = any(found in network for network in PRIVATE)
    elif found.is_site_local:
        return False
    else:
        private = found in UNIQUE_LOCAL
    return allowed.private if private else found.is_global


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
    if _is_address(parts.hostname) and not may_reach(parts.hostname, allowed):
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
    here = host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)
    return parts.scheme == "http" and not here


def shown(kind: str, url: str) -> str:
    """An address as a person reads it."""
    return url.removeprefix("folder:").partition("?ack=")[0] if kind == "folder" else url


def _inner(found: Address) -> list[Address]:
    """What an address leads to: the IPv4 inside an IPv6 one that only wraps it; every one that it
    may wrap, where its form leaves that open."""
    if isinstance(found, ipaddress.IPv4Address) or found.is_loopback:
        return [found]
    if any(found in network for network in WRAPS):
        return [ipaddress.IPv4Address(found.packed[12:])]
    if found in LOCAL_TRANSLATED:
        read = [bytes(found.packed[at] for at in places) for places in STARTS]
        return [ipaddress.IPv4Address(one) for one in read if one[0]]
    return [found.sixtofour or found]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
