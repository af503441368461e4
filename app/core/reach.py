"""Which addresses a connection of ours may be opened to, whoever has typed or answered them.

The danger removed here: somebody outside who makes our machine knock at what only it can reach (a
cloud's metadata service, the database beside us), in one of the many forms in which IPv6 wraps an
address of IPv4. Offices' systems do stand in private networks, so those are allowed unless the
operator says otherwise; what is link-local, shared (RFC 6598), or no address of a host, never is.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

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


def is_public(host: str) -> bool:
    """Whether an IP address is one that anybody can reach."""
    return may_reach(host, Allowed(private=False, loopback=False))


def is_address(host: str) -> bool:
    """Whether a host is written as an IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


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
