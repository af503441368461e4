"""Connectors: where an organisation's photos are handed over, kept by its administrator."""

from __future__ import annotations

import base64
import json
import logging
import secrets as random_bytes
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from sqlalchemy import insert, update

from app.core import clock, db, http, keys, outbox
from app.core.errors import StorageUnreachable
from app.core.guard import Viewer
from app.core.ids import new_id
from app.core.reach import Allowed
from app.photos.gateways import storage
from app.photos.models import REMOVED, Connector
from app.photos.queries import deliveries as deliveries_q
from app.photos.queries.deliveries import ConnectorRow
from app.photos.rules import target
from app.photos.rules.refusals import ConnectorInUse, ConnectorOn
from app.photos.rules.webhook import PREFIX, secret_bytes
from app.photos.service import hand_over

LOG = logging.getLogger("app.photos.connectors")


@dataclass(frozen=True)
class NewConnector:
    """What an administrator has typed; `address` is a folder's name for the kind `folder`."""

    kind: str
    name: str
    address: str
    account: str
    secret: str
    ack: str
    days: int


@dataclass(frozen=True)
class Made:
    """A connector that was added; `secret` is shown once when it was made here."""

    id: str
    name: str
    secret: str
    handed_over: int


@dataclass(frozen=True)
class Trial:
    """How the last test of a connector went; `reason` is "" when it went well. Where the store
    that keeps it does not answer, nothing is `known`."""

    at: int
    reason: str
    known: bool = True


def allowed() -> Allowed:
    """What the operator lets the worker reach; itself only in a demonstration."""
    config = http.config()
    return Allowed(private=config.private_networks, loopback=config.demo)


def make_secret() -> str:
    """A secret for a webhook: 256 random bits as Standard Webhooks writes them."""
    return PREFIX + base64.b64encode(random_bytes.token_bytes(32)).decode()


def add(viewer: Viewer, given: NewConnector) -> Made:
    """Add a connector, in the open transaction, and hand over the photos of the last days.

    Raises:
        BadAddress: the address cannot be used.
        NoSecret: a webhook's secret holds nothing to sign with.
    """
    url = _address(viewer, given)
    made_here = given.kind == "webhook" and not given.secret
    secret = make_secret() if made_here else given.secret
    _check_secret(given.kind, secret)
    connector_id = new_id()
    row = {
        "id": connector_id, "organisation_id": viewer.organisation_id, "kind": given.kind,
        "name": given.name, "url": url, "account": _account(given.kind, given.account),
        "enabled": True, "created_at": clock.now(), **_sealed(connector_id, secret),
    }  # fmt: skip
    db.run(insert(Connector).values(row))
    count = hand_over.add_recent(viewer.organisation_id, connector_id, given.days)
    _note("connector added", viewer, connector_id)
    return Made(connector_id, given.name, secret if made_here else "", count)


def _check_secret(kind: str, secret: str) -> None:
    if kind == "webhook":
        secret_bytes(secret)


def _address(viewer: Viewer, given: NewConnector) -> str:
    if given.kind == "folder":
        return target.folder_address(viewer.organisation_code, given.address, given.ack)
    return target.web_address(given.address, allowed())


def switch(viewer: Viewer, connector_id: str, on: bool, days: int) -> int:
    """Switch a connector on or off; switched on, it gets the photos of the last days too.

    Returns:
        How many photos were added.

    Raises:
        NotFound: there is none in this organisation.
    """
    deliveries_q.get_connector(viewer.organisation_id, connector_id)
    db.run(update(Connector).where(Connector.id == connector_id).values(enabled=on))
    _note("connector on" if on else "connector off", viewer, connector_id)
    if not on:
        return 0
    hand_over.try_now(connector_id)
    return hand_over.add_recent(viewer.organisation_id, connector_id, days)


class SecretWanted(ValueError):
    """The secret must be typed again; the message is a code that `delivery_words.reason` knows."""


def change(viewer: Viewer, connector_id: str, given: NewConnector) -> bool:
    """Correct a connector's name, address, account and secret, and try what waits at once; an
    empty secret keeps the one there is. What waits goes on waiting, whatever the address is.

    Returns:
        Whether it leads elsewhere now.

    Raises:
        NotFound: there is none in this organisation.
        BadAddress: the address cannot be used.
        SecretWanted: a stored password would be sent to another server than the one it is of.
        NoSecret: it is a webhook, and the secret that was typed holds nothing to sign with.
    """
    found = deliveries_q.get_connector(viewer.organisation_id, connector_id)
    url = _address(viewer, given)
    same_server = target.is_same_server(found.url, url)
    kept = found.secret is not None and not given.secret
    if kept and found.kind == "webdav" and not same_server:
        raise SecretWanted("secret-again")
    if given.secret:
        _check_secret(found.kind, given.secret)
    account = _account(found.kind, given.account, found.account)
    values = {"name": given.name, "url": url, "account": account}
    secret = _sealed(connector_id, given.secret) if given.secret else {}
    db.run(update(Connector).where(Connector.id == connector_id).values(**values, **secret))
    if url == found.url:
        hand_over.try_now(connector_id)
    else:
        hand_over.start_anew(connector_id, same_server)
    _note("connector changed" if url == found.url else "connector led elsewhere", viewer, found.id)
    return url != found.url


def remove(viewer: Viewer, connector_id: str) -> None:
    """Take a connector out of every list, and its secret off the disk. Its row stays, with the
    address, because the deliveries that went out through it do.

    Raises:
        NotFound: there is none in this organisation.
        ConnectorInUse: it is on, or photos wait for it.
    """
    found = deliveries_q.get_connector(viewer.organisation_id, connector_id)
    counts = deliveries_q.count_states(viewer.organisation_id).get(connector_id, {})
    if found.enabled or any(counts.get(state) for state in deliveries_q.OPEN):
        raise ConnectorInUse
    values = {"url": REMOVED + found.url, **_sealed(connector_id, "")}
    db.run(update(Connector).where(Connector.id == connector_id).values(values))
    _note("connector removed", viewer, connector_id)


def give_up(viewer: Viewer, connector_id: str) -> int:
    """Give up the photos that wait for a connector which is off; how many. They can be sent again
    like others that were given up.

    Raises:
        NotFound: there is none in this organisation.
        ConnectorOn: it is on.
    """
    if deliveries_q.get_connector(viewer.organisation_id, connector_id).enabled:
        raise ConnectorOn
    count = hand_over.give_up(connector_id)
    _note("connector's waiting photos given up", viewer, connector_id, photos=count)
    return count


def change_secret(viewer: Viewer, connector_id: str, account: str, secret: str) -> None:
    """Give a connector another secret, and account where its kind has one, and try what waits at
    once.

    Raises:
        NotFound: there is none in this organisation.
        NoSecret: it is a webhook, and the secret holds nothing to sign with.
    """
    found = deliveries_q.get_connector(viewer.organisation_id, connector_id)
    _check_secret(found.kind, secret)
    kept = _account(found.kind, account, found.account)
    change = {"account": kept, **_sealed(connector_id, secret)}
    db.run(update(Connector).where(Connector.id == connector_id).values(change))
    hand_over.try_now(connector_id)
    _note("connector secret changed", viewer, connector_id)


def warn_of_clear() -> int:
    """Say in the log which connectors in use send photos, and a password, so that they can be read
    on the way; how many."""
    found = [one for one in deliveries_q.list_enabled() if target.is_in_clear(one.url)]
    for one in found:
        facts = {"connector": one.id, "host": urlsplit(one.url).hostname}
        LOG.warning("connector sends in clear: http", extra={"facts": facts})
    return len(found)


def open_secret(connector: ConnectorRow) -> str:
    """The secret in the clear, for the worker.

    Raises:
        ValueError: it cannot be opened with this installation's key.
    """
    if connector.secret is None or connector.wrapped_key is None:
        return ""
    master = http.secrets().rows
    try:
        plain = keys.open_row(master, connector.id, connector.wrapped_key, connector.secret)
    except InvalidTag as error:
        raise ValueError("the secret cannot be opened") from error
    return plain.decode()


def ask_test(viewer: Viewer, connector_id: str) -> None:
    """Let the worker test a connector; asked again before it has, nothing is added.

    Raises:
        NotFound: there is none in this organisation.
    """
    deliveries_q.get_connector(viewer.organisation_id, connector_id)
    outbox.add(deliveries_q.TEST, connector_id, connector_id=connector_id)


def find_trial(connector: ConnectorRow) -> Trial | None:
    """How the last test went, or None when there was none."""
    try:
        with storage.store(http.config()).open(_trial_name(connector)) as file:
            found = json.load(file)
    except FileNotFoundError:
        return None
    except StorageUnreachable:
        return Trial(0, "", known=False)
    return Trial(found["at"], found["reason"])


def keep_trial(connector: ConnectorRow, reason: str) -> None:
    """Keep how a test went; the last one counts."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"at": clock.now(), "reason": reason}, file)
        file.flush()
        storage.store(http.config()).put(_trial_name(connector), Path(file.name))


def _trial_name(connector: ConnectorRow) -> str:
    return f"{connector.organisation_id}/connectors/{connector.id}.json"


def _sealed(connector_id: str, secret: str) -> dict[str, bytes | None]:
    if not secret:
        return {"wrapped_key": None, "secret": None}
    wrapped, sealed = keys.seal_row(http.secrets().rows, connector_id, secret.encode())
    return {"wrapped_key": wrapped, "secret": sealed}


def _account(kind: str, typed: str, kept: str = "") -> str:
    """Only a WebDAV folder has an account; what another kind was once given stays as it is."""
    return typed if kind == "webdav" else kept


def _note(what: str, viewer: Viewer, connector_id: str, **more: int) -> None:
    """An administrator may send an organisation's photos anywhere: it stands in the log."""
    facts = {"connector": connector_id, "by": viewer.person_id, **more}
    LOG.info(what, extra={"facts": facts})
