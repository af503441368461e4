"""My page: my sign-ins, my phones' keys, my consent, who looked at my places."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import ValidationError

from app.accounts.queries import devices as devices_q
from app.accounts.queries import privacy as privacy_q
from app.accounts.queries import sign_ins as sign_ins_q
from app.accounts.rules.refusals import WrongCurrentPassword
from app.accounts.schemas import PasswordForm
from app.accounts.service import consents, devices, people, sign_in
from app.core import guard, http, pages
from app.core.db import transaction
from app.core.errors import NotFound, TooManyTries, field_messages
from app.core.guard import get_viewer

bp = Blueprint("me", __name__, template_folder="../templates")


@bp.get("/me")
def show() -> ResponseReturnValue:
    """Everything that is kept of the person, and the buttons to end it."""
    return _page({}, 200)


@bp.get("/me/consent")
def show_consent() -> ResponseReturnValue:
    """The texts that the person agreed to, with dates and hashes, to read and to print."""
    agreed = consents.list_agreed_texts(get_viewer().person_id, pages.locale())
    if not agreed:
        raise NotFound
    current = consents.current_text("ko").version
    return render_template(
        "accounts/consent.html", person=get_viewer(), agreed=agreed, current=current
    )


@bp.post("/me/sessions/<uuid:sign_in_id>/revoke")
def end_sign_in(sign_in_id: object) -> ResponseReturnValue:
    """Sign one of the person's browsers out."""
    with transaction():
        sign_in.end_sign_in(get_viewer().person_id, str(sign_in_id))
    flash(gettext("그 기기에서 로그아웃했습니다."))
    return redirect("/me", 303)


@bp.post("/me/devices/<hex8:kid>/revoke")
def revoke_device(kid: bytes) -> ResponseReturnValue:
    """Revoke the key of one of the person's phones, and sign them out everywhere but here:
    the lost phone still has its sign-in, and nothing tells which of them is its."""
    viewer = get_viewer()
    with transaction():
        devices.revoke_device(viewer.person_id, kid, viewer.person_id, gettext("본인이 폐기"))
        sign_in.end_all_sign_ins(viewer.person_id, but=viewer.sign_in_id)
    flash(
        gettext(
            "기기 열쇠를 폐기하고 지금 쓰고 있는 곳을 뺀 모든 곳에서 로그아웃했습니다. "
            "전에 받은 도장은 그대로 유효합니다."
        )
    )
    return redirect("/me", 303)


@bp.post("/me/password")
def change_password() -> ResponseReturnValue:
    """Change the person's password and sign their other browsers out."""
    try:
        hashed = _checked(PasswordForm.model_validate(request.form.to_dict()))
    except ValidationError as error:
        return _page(field_messages(error), 422)
    except (WrongCurrentPassword, TooManyTries) as refusal:
        return _page({"current": _words(refusal)}, refusal.status)
    _replace(hashed)
    flash(gettext("비밀번호를 바꾸었습니다. 다른 기기에서는 다시 로그인해야 합니다."))
    return redirect("/me", 303)


def _checked(given: PasswordForm) -> str:
    """The new password's hash. Who found a signed-in phone must not guess without end: the tries
    count as those at the door do."""
    viewer, secret = get_viewer(), http.secrets().addresses
    account = (viewer.organisation_code, viewer.staff_number, guard.asking_network())
    sign_in.check_throttle(secret, *account)
    try:
        sign_in.check_own_password(viewer.person_id, given.current)
    except WrongCurrentPassword:
        with transaction():  # of its own: the count must survive the refusal
            sign_in.count_failure(secret, *account)
        raise
    return people.hash_password(given.new)


def _replace(hashed: str) -> None:
    viewer = get_viewer()
    with transaction():
        sign_in.set_password(viewer.person_id, hashed)
        sign_in.end_all_sign_ins(viewer.person_id, but=viewer.sign_in_id)


def _words(refusal: WrongCurrentPassword | TooManyTries) -> str:
    if isinstance(refusal, TooManyTries):
        wait = gettext("%(seconds)s초 뒤에 다시 할 수 있습니다.", seconds=refusal.retry_after)
        return f"{refusal.title}. {wait}"
    return f"{refusal.title}. {refusal.detail}"


@bp.post("/me/consent/withdraw")
def withdraw_consent() -> ResponseReturnValue:
    """Withdraw the location consent; collection stops at once."""
    with transaction():
        consents.withdraw(get_viewer().person_id)
    flash(gettext("위치정보 동의를 철회했습니다. 도장을 뺀 모든 기능은 그대로 쓸 수 있습니다."))
    return redirect("/me", 303)


def _page(errors: dict[str, str], status: int) -> ResponseReturnValue:
    viewer = get_viewer()
    agreement = privacy_q.find_agreement(viewer.person_id)
    page = render_template(
        "accounts/me.html",
        person=viewer,
        sign_ins=sign_ins_q.list_sign_ins(viewer.person_id),
        devices=devices_q.list_devices(viewer.person_id),
        agreement=agreement,
        consent_in_force=consents.is_in_force(agreement),
        views=privacy_q.list_views(viewer.person_id),
        errors=errors,
    )
    return page, status
