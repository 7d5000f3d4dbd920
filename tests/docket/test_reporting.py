"""A provider sees that an M&V report is overdue, and amends an approved application from the resource's page (rules 3.15a, 5.10)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy.orm import Session

from app.db import now
from app.docket.queries.home import home_page
from app.docket.queries.resources import resource_page
from app.eligibility import actions as eligibility
from app.eligibility.models import Resource
from app.people import Actor
from tests import builders_matters as matters

rule = pytest.mark.rule


def shown(session: Session, world: SimpleNamespace, resource: Resource) -> tuple[bool, bool]:
    """Overdue on the resource's page, and on the provider's first page."""
    late = [row["path"] for row in home_page(session, world.provider_actor)["waiting"] if row["matter"].endswith("overdue")]
    return bool(resource_page(session, Actor.public(), resource.id)["mv_report_overdue"]), resource.path in late


@rule("5.10")
def test_a_report_is_overdue_when_none_came_for_a_year(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    assert shown(session, world, resource) == (False, False)
    with time_machine.travel(now() + timedelta(days=367), tick=False):
        assert shown(session, world, resource) == (True, True)
        matters.issued_report(session, world, 10, 2022, resource)
        assert shown(session, world, resource) == (False, False)


@rule("5.10")
def test_the_reminder_leads_to_the_form_of_the_next_report(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    with time_machine.travel(now() + timedelta(days=400), tick=False):
        (row,) = [row for row in home_page(session, world.provider_actor)["waiting"] if row["path"] == resource.path]
    assert (row["what"], row["act"]) == ("File an M&V report", f"{resource.path}/mv-reports/new")
    assert row["due_on"] > row["since"].date()


def amendment(session: Session, world: SimpleNamespace, resource: Resource) -> dict[str, object]:
    return next(one for one in resource_page(session, world.provider_actor, resource.id)["actions"] if one["action"] == "begin_amendment")


@rule("3.15a")
def test_the_resources_page_offers_an_amendment_until_one_is_open(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    act = amendment(session, world, resource)
    assert (act["reason"], act["path"], act["direct"]) == (None, f"{resource.path}/amendment", True)
    begun = eligibility.begin_amendment(session, world.provider_actor, resource.id)
    assert begun.code in str(amendment(session, world, resource)["reason"])


@rule("3.15a")
def test_nobody_but_the_provider_is_offered_an_amendment(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    for actor in (Actor.public(), world.reviewer_actor, world.representative_actor):
        assert "begin_amendment" not in {one["action"] for one in resource_page(session, actor, resource.id)["actions"]}
