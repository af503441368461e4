"""Signing in and out: one long-lived, revocable sign-in for each browser."""

from __future__ import annotations

from sqlalchemy import delete, insert, update

from app.accounts import gateways
from app.accounts.models import Person, SignIn, SignInFailure
from app.accounts.queries import people as people_q
from app.accounts.queries import sign_ins as sign_ins_q
from app.accounts.rules import throttle
from app.accounts.rules.refusals import NotInDemo, WrongCurrentPassword, WrongPassword
from app.core import clock, db
from app.core.errors import NotFound, TooManyTries
from app.core.guard import Viewer
from app.core.ids import new_id
from app.core.keys import keyed_tag

SEEN_EVERY = 600


def check_throttle(secret: bytes, code: str, staff_number: str, address: str) -> None:
    """Refuse a try that comes too early after too many failures.

    Raises:
        TooManyTries: with the seconds to wait.
    """
    account, place = _tags(secret, code, staff_number, address)
    now = clock.now()
    failures = sign_ins_q.count_failures(account, place, now - throttle.WINDOW)
    wait = throttle.wait_seconds(*failures, now)
    if wait:
        raise TooManyTries(wait)


def check_password(code: str, staff_number: str, password: str, demo: bool) -> str:
    """The id of the person whom organisation code, staff number and password name.

    Raises:
        WrongPassword: when they do not belong together; takes as long as when they do.
    """
    found = sign_ins_q.find_login(code, staff_number)
    fits = gateways.password_fits(found[1] if found else None, password)
    if found is None or not fits or (found[2] and not demo):
        raise WrongPassword
    return found[0]


def count_failure(secret: bytes, code: str, staff_number: str, address: str) -> None:
    """Remember one failed try (its own transaction: it must survive the refusal)."""
    account, place = _tags(secret, code, staff_number, address)
    db.run(insert(SignInFailure).values(account=account, address=place, at=clock.now()))


def _tags(secret: bytes, code: str, staff_number: str, address: str) -> tuple[bytes, bytes]:
    account = keyed_tag(secret, f"account:{code}:{staff_number}".encode())
    return account, keyed_tag(secret, f"address:{address}".encode())


def open_sign_in(person_id: str, label: str) -> str:
    """Open a sign-in for a browser; its id goes into the signed cookie."""
    sign_in_id, now = new_id(), clock.now()
    db.run(
        insert(SignIn).values(
            id=sign_in_id, person_id=person_id, label=label[:80], created_at=now, last_seen=now
        )
    )
    return sign_in_id


def find_trial_person(role: str) -> str | None:
    """Whom a stranger becomes who tries a role of the demonstration."""
    return people_q.find_trial_person(role)


def open_trial(role: str, label: str) -> str:
    """Sign in as the demonstration's person of that role.

    Raises:
        NotInDemo: when there is no such person.
    """
    person_id = find_trial_person(role)
    if person_id is None:
        raise NotInDemo
    return open_sign_in(person_id, label)


def is_unseen(viewer: Viewer) -> bool:
    """Whether the sign-in's last use was noted so long ago that it should be noted again."""
    return clock.now() - sign_ins_q.find_last_seen(viewer.sign_in_id) > SEEN_EVERY


def mark_seen(viewer: Viewer) -> None:
    """Remember that the sign-in is in use."""
    db.run(update(SignIn).where(SignIn.id == viewer.sign_in_id).values(last_seen=clock.now()))


def end_sign_in(person_id: str, sign_in_id: str) -> None:
    """End one of a person's sign-ins.

    Raises:
        NotFound: when the person has no such living sign-in.
    """
    ended = db.first(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.person_id == person_id, SignIn.revoked_at.is_(None))
        .values(revoked_at=clock.now())
        .returning(SignIn.id)
    )
    if ended is None:
        raise NotFound


def end_all_sign_ins(person_id: str, but: str = "") -> None:
    """End every sign-in of a person, except one."""
    db.run(
        update(SignIn)
        .where(SignIn.person_id == person_id, SignIn.id != but, SignIn.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )


def check_own_password(person_id: str, current: str) -> None:
    """Refuse when the given password is not the person's.

    Raises:
        WrongCurrentPassword: when it does not fit.
    """
    if not gateways.password_fits(sign_ins_q.find_password_hash(person_id), current):
        raise WrongCurrentPassword


def set_password(person_id: str, hashed: str) -> None:
    """Store a new password hash (made before the transaction, it takes its time)."""
    db.run(update(Person).where(Person.id == person_id).values(password_hash=hashed))


def reset_password(code: str, staff_number: str, hashed: str) -> None:
    """Store a new password hash for the person of an organisation and sign them out everywhere.

    Raises:
        NotFound: when there is no such person.
    """
    found = sign_ins_q.find_login(code, staff_number)
    if found is None:
        raise NotFound
    set_password(found[0], hashed)
    end_all_sign_ins(found[0])


def forget_failures() -> int:
    """Delete failures older than a day; how many went."""
    old = SignInFailure.at < clock.now() - throttle.KEEP
    return db.run(delete(SignInFailure).where(old))


def forget_sign_ins(idle_days: int) -> int:
    """Delete sign-ins that ended, or that nobody used for so long; how many went."""
    old = clock.now() - idle_days * 86400
    ended = (SignIn.revoked_at < clock.now() - 90 * 86400) | (SignIn.last_seen < old)
    return db.run(delete(SignIn).where(ended))
