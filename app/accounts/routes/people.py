"""The administrator's people: add, find, correct, new password, revoke a lost phone's key, leave
and come back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from pydantic import ValidationError

from app.accounts.queries import devices as devices_q
from app.accounts.queries import people as people_q
from app.accounts.queries import privacy as privacy_q
from app.accounts.queries import sign_ins as sign_ins_q
from app.accounts.rules.refusals import OwnRole, StaffNumberTaken
from app.accounts.schemas import PersonChangeForm, PersonForm, RevokeForm
from app.accounts.service import access, devices, people, sign_in
from app.core import pages
from app.core.db import transaction
from app.core.errors import field_messages
from app.core.guard import get_viewer

bp = Blueprint("people", __name__, template_folder="../templates")
PARTS = {"name": _l("이름"), "department": _l("부서"), "role": _l("역할")}


@bp.get("/people")
def show() -> ResponseReturnValue:
    """A page of the organisation's people."""
    return _page({}, {}, None, 200)


@bp.post("/people")
def add() -> ResponseReturnValue:
    """Add a person; the first password is shown once."""
    given = request.form.to_dict()
    try:
        return _page({}, {}, _added(PersonForm.model_validate(given)), 201)
    except ValidationError as error:
        return _page(given, field_messages(error), None, 422)
    except StaffNumberTaken as refusal:
        return _page(given, {"staff_number": f"{refusal.title}. {refusal.detail}"}, None, 409)


def _added(form: PersonForm) -> dict[str, str]:
    password = people.make_password()
    hashed = people.hash_password(password)
    with transaction():
        people.add_person(get_viewer().organisation_id, **form.model_dump(), password_hash=hashed)
    return {"name": form.name, "staff_number": form.staff_number, "password": password}


@bp.get("/people/<uuid:person_id>")
def one(person_id: object) -> ResponseReturnValue:
    """One person with their sign-ins and keys."""
    return _one(str(person_id))


@bp.post("/people/<uuid:person_id>")
def change(person_id: object) -> ResponseReturnValue:
    """Correct a person's name, department or role."""
    person = people_q.get_colleague(get_viewer().organisation_id, str(person_id))
    given = request.form.to_dict()
    try:
        changed = _changed(person.id, PersonChangeForm.model_validate(given))
    except ValidationError as error:
        return _one(person.id, form=given, errors=field_messages(error), status=422)
    except OwnRole as refusal:
        words = {"role": f"{refusal.title}. {refusal.detail}"}
        return _one(person.id, form=given, errors=words, status=refusal.status)
    flash(gettext("고쳤습니다.") if changed else gettext("바뀐 것이 없습니다."))
    return redirect(f"/people/{person.id}", 303)


def _changed(person_id: str, form: PersonChangeForm) -> bool:
    viewer = get_viewer()
    with transaction():
        parts = people.change_person(viewer, person_id, form.name, form.department, form.role)
        if parts:
            what = ", ".join(str(PARTS[part]) for part in parts)
            words = gettext("직원 정보를 고침: %(what)s", what=what)
            access.record_act(viewer, person_id, "person", words)
    return bool(parts)


@bp.post("/people/<uuid:person_id>/devices/<hex8:kid>/revoke")
def revoke_device(person_id: object, kid: bytes) -> ResponseReturnValue:
    """Revoke the key of a lost phone."""
    viewer = get_viewer()
    person = people_q.get_colleague(viewer.organisation_id, str(person_id))
    given = RevokeForm.model_validate(request.form.to_dict())
    with transaction():
        devices.revoke_device(
            person.id, kid, viewer.person_id, given.reason or gettext("관리자가 폐기")
        )
        sign_in.end_all_sign_ins(person.id)
        access.record_act(viewer, person.id, "device", gettext("기기 열쇠를 폐기함"))
    flash(gettext("기기 열쇠를 폐기하고 모든 기기에서 로그아웃했습니다."))
    return redirect(f"/people/{person.id}", 303)


@bp.post("/people/<uuid:person_id>/sessions/<uuid:sign_in_id>/revoke")
def end_sign_in(person_id: object, sign_in_id: object) -> ResponseReturnValue:
    """Sign a lost phone out."""
    person = people_q.get_colleague(get_viewer().organisation_id, str(person_id))
    with transaction():
        sign_in.end_sign_in(person.id, str(sign_in_id))
    flash(gettext("그 기기에서 로그아웃했습니다."))
    return redirect(f"/people/{person.id}", 303)


@bp.post("/people/<uuid:person_id>/password")
def new_password(person_id: object) -> ResponseReturnValue:
    """Give a person a new first password, shown once; their browsers are signed out."""
    person = people_q.get_colleague(get_viewer().organisation_id, str(person_id))
    password = people.make_password()
    hashed = people.hash_password(password)
    with transaction():
        sign_in.set_password(person.id, hashed)
        sign_in.end_all_sign_ins(person.id)
        access.record_act(get_viewer(), person.id, "password", gettext("비밀번호를 새로 만듦"))
    return _one(person.id, password)


@bp.post("/people/<uuid:person_id>/leave")
def leave(person_id: object) -> ResponseReturnValue:
    """A person leaves the organisation; their stamps stay theirs."""
    with transaction():
        people.end_person(get_viewer(), str(person_id))
        access.record_act(get_viewer(), str(person_id), "leave", gettext("퇴직 처리함"))
    flash(gettext("더는 로그인할 수 없게 했습니다. 찍은 도장은 그대로 남습니다."))
    return redirect(f"/people/{person_id}", 303)


@bp.post("/people/<uuid:person_id>/return")
def come_back(person_id: object) -> ResponseReturnValue:
    """Undo that a person has left; whoever has not stays as they are."""
    with transaction():
        if people.return_person(get_viewer(), str(person_id)):
            words = gettext("퇴직 처리를 되돌림")
            access.record_act(get_viewer(), str(person_id), "return", words)
    flash(gettext("다시 로그인할 수 있습니다. 휴대전화는 본인이 새로 등록해야 합니다."))
    return redirect(f"/people/{person_id}", 303)


def _one(
    person_id: str,
    password: str | None = None,
    form: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    viewer = get_viewer()
    person = people_q.get_colleague(viewer.organisation_id, person_id)
    as_it_is = {"name": person.name, "department": person.department, "role": person.role}
    page = render_template(
        "accounts/person.html",
        person=person,
        devices=devices_q.list_devices(person.id),
        sign_ins=sign_ins_q.list_sign_ins(person.id),
        agreement=privacy_q.find_agreement(person.id),
        password=password,
        departments=people_q.list_departments(viewer.organisation_id),
        form=as_it_is | (form or {}),
        errors=errors or {},
        is_me=person.id == viewer.person_id,
    )
    return page, status


def _page(
    form: dict[str, str], errors: dict[str, str], created: dict[str, str] | None, status: int
) -> tuple[str, int]:
    viewer = get_viewer()
    text = request.args.get("q", "").strip()[:80]
    page = pages.page_number()
    found, total = people_q.list_colleagues(viewer.organisation_id, text, page)
    html = render_template(
        "accounts/people.html",
        people=found,
        total=total,
        page=page,
        pages=max(1, -(-total // people_q.PAGE)),
        q=text,
        departments=people_q.list_departments(viewer.organisation_id),
        form=form,
        errors=errors,
        created=created,
    )
    return html, status
