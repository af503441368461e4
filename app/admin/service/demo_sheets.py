"""The demonstration's photo sheets (사진대지): one of a site for each whom a stranger may become.

They are ordered, never made here: the worker makes them as it makes anybody's, once it has made the
pictures ready. Like all sheets they are forgotten after a day, and are then ordered anew.
"""

from __future__ import annotations

from app.accounts.service import people, sign_in
from app.admin import gateways
from app.core import http
from app.core.db import transaction
from app.photos.service import mint

ROLES = ("officer", "auditor", "administrator")  # a sheet is seen by who ordered it only


def order_missing(organisation_id: str) -> int:
    """Order a sheet for each of them who has none (open transaction); how many were ordered."""
    site = gateways.read_story().visits[0].board["공사명"]
    tried = [sign_in.find_trial_person(role) for role in ROLES]
    return sum(mint.order_sheet(organisation_id, one, site) for one in tried if one)


def renew() -> int:
    """Order anew what was forgotten, where the demonstration is switched on; how many."""
    office = people.find_office(code=gateways.read_story().code)
    if not http.config().demo or office is None:
        return 0
    with transaction():
        return order_missing(office.id)
