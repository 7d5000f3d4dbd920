"""A matter to be verified, and the words of a verifier, for the tests of this folder."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from app.db import now
from app.verifiers import actions as verifiers
from app.verifiers.independence import CONFLICT_QUESTIONS, criteria_for
from app.verifiers.models import Engagement

NO_CONFLICT = {question.code: False for question in CONFLICT_QUESTIONS}


def soon() -> date:
    return now().date() + timedelta(days=30)


def asked(world: SimpleNamespace, matter_kind: str = "mv_report", resource_type: str = "WND") -> verifiers.Asked:
    matter_id = uuid4()
    path = f"/mv-reports/{matter_id}"
    return verifiers.Asked(matter_kind, matter_id, "M&V report M000001", path, resource_type, world.state, world.provider_organisation.id)


def asked_body(session: Session, world: SimpleNamespace, **changes: Any) -> Engagement:
    """An engagement that waits for the body's answer."""
    return verifiers.ask(session, world.provider_actor, replace(asked(world), **changes), world.verification_body.id, soon())


def accepted(session: Session, world: SimpleNamespace, **changes: Any) -> Engagement:
    engagement = asked_body(session, world, **changes)
    return verifiers.accept(session, world.verifier_actor, engagement.id, ["Vera Verifier"], NO_CONFLICT, "")


def finding(matter_kind: str = "mv_report", resource_type: str = "WND", **changes: Any) -> verifiers.ReportFinding:
    """A positive report without anything missing."""
    findings = [{"code": criterion.code, "passed": True, "words": f"Seen: {criterion.words}"} for criterion in criteria_for(matter_kind, resource_type)]
    words = "We verified 100 MWh for 2022 under the approved EM&V plan. We confirm the MWh are not used in another state plan."
    mwh = Decimal(100) if matter_kind == "mv_report" else None
    return replace(verifiers.ReportFinding("positive", words, findings, verified_mwh=mwh, attested=True, true_and_complete=True), **changes)
