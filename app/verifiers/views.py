"""Pages of the verifier (accept, decline) and of the administrator (accredit, suspend, reinstate, revoke). The lists are docket's."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from app.acts import PAGE, ActSchema, ReasonSchema, ReasonsSchema
from app.verifiers import actions, forms, queries
from app.verifiers.models import Accreditation, Engagement
from app.verifiers.schemas import (
    AcceptanceFormSchema,
    AcceptSchema,
    AccreditationActSchema,
    AccreditationFormSchema,
    AccreditationSchema,
    AccreditSchema,
    DecliningFormSchema,
    DiscloseSchema,
    ElsewhereSchema,
    EngagementSchema,
    ReviewedSchema,
    RevokeSchema,
    WordsSchema,
    classes,
)
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing
from app.web.visitor import actor

blueprint = Blueprint("verifiers", __name__)
ACTS = {
    "suspend": (
        "Suspend an accreditation",
        "Suspend",
        "For as long as the body does not qualify: it can accept no engagement and sign no report, also where it accepted before (programme rules 7.9, 7.10).",
    ),
    "reinstate": ("Reinstate an accreditation", "Reinstate", "The body qualifies again: it can be asked, accept and report (programme rule 7.10)."),
    "revoke": (
        "Revoke an accreditation",
        "Revoke for good",
        "For good: the body can accept and report nothing more under it. The state looks again at every matter that relied on it (rules 7.8 to 7.11).",
    ),
}


@blueprint.get("/engagements/<uuid:engagement_id>/acceptance")
@audience("verifier")
@speaks(gives=AcceptanceFormSchema, page="verifiers/acceptance.html")
def acceptance_form(engagement_id: UUID) -> dict[str, Any]:
    """Attest on conflicts of interest and accept an engagement."""
    with reading() as session:
        return {**queries.acceptance_form(session, actor(), engagement_id), "statement": actions.CONFLICT_ATTESTATION}


@blueprint.post("/engagements/<uuid:engagement_id>/acceptance")
@audience("verifier")
@speaks(takes=AcceptSchema, gives=EngagementSchema, form="verifiers.acceptance_form", notice="Signed and accepted; you now see the matter and its documents.")
def accept(engagement_id: UUID, **attestation: Any) -> Engagement:
    """Sign the conflict-of-interest attestation and accept an engagement."""
    with writing() as session:
        return actions.accept(session, actor(), engagement_id, **attestation)


@blueprint.get("/engagements/<uuid:engagement_id>/declining")
@audience("verifier")
@speaks(gives=DecliningFormSchema, page="verifiers/declining.html")
def declining_form(engagement_id: UUID) -> dict[str, Any]:
    """Decline an engagement."""
    with reading() as session:
        return queries.declining_form(session, actor(), engagement_id)


@blueprint.post("/engagements/<uuid:engagement_id>/declining")
@audience("verifier")
@speaks(takes=ReasonSchema, gives=EngagementSchema, form="verifiers.declining_form", notice="Declined; the provider is told and can ask another body.")
def decline(engagement_id: UUID, reason: str) -> Engagement:
    """Decline an engagement, with the reason."""
    with writing() as session:
        return actions.decline(session, actor(), engagement_id, reason)


@blueprint.get("/accreditations/new")
@audience("administrator")
@speaks(gives=AccreditationFormSchema, page="verifiers/accreditation.html")
def accreditation_form() -> dict[str, Any]:
    """Enter an accreditation of a verification body."""
    with reading() as session:
        return {**queries.accreditation_form(session, actor()), "classes": classes()}


@blueprint.post("/accreditations")
@audience("administrator")
@speaks(takes=AccreditSchema, gives=AccreditationSchema, form="verifiers.accreditation_form", notice="Entered; the public list shows it.", status=201)
def accredit(**terms: Any) -> Accreditation:
    """Enter an accreditation that the state gave."""
    with writing() as session:
        return actions.accredit(session, actor(), actions.Terms(state=actor().state, **terms))


def _act(accreditation_id: UUID, action: str) -> dict[str, Any]:
    title, label, words = ACTS[action]
    with reading() as session:
        page = queries.accreditation_act(session, actor(), accreditation_id, action)
    return {**page, "act": {**page["act"], "title": title, "label": label, "words": words}}


@blueprint.get("/accreditations/<uuid:accreditation_id>/suspension")
@audience("administrator")
@speaks(gives=AccreditationActSchema, page="verifiers/accreditation_act.html")
def suspension_form(accreditation_id: UUID) -> dict[str, Any]:
    """Suspend an accreditation, with what it touches."""
    return _act(accreditation_id, "suspend")


@blueprint.post("/accreditations/<uuid:accreditation_id>/suspension")
@audience("administrator")
@speaks(takes=ReasonsSchema, gives=AccreditationSchema, form="verifiers.suspension_form", notice="Suspended; the body is told.")
def suspend_accreditation(accreditation_id: UUID, reasons: str) -> Accreditation:
    """Suspend an accreditation."""
    with writing() as session:
        return actions.suspend_accreditation(session, actor(), accreditation_id, reasons)


@blueprint.get("/accreditations/<uuid:accreditation_id>/reinstatement")
@audience("administrator")
@speaks(gives=AccreditationActSchema, page="verifiers/accreditation_act.html")
def reinstatement_form(accreditation_id: UUID) -> dict[str, Any]:
    """Reinstate a suspended accreditation."""
    return _act(accreditation_id, "reinstate")


@blueprint.post("/accreditations/<uuid:accreditation_id>/reinstatement")
@audience("administrator")
@speaks(takes=ReasonsSchema, gives=AccreditationSchema, form="verifiers.reinstatement_form", notice="Reinstated; the body is told.")
def reinstate_accreditation(accreditation_id: UUID, reasons: str) -> Accreditation:
    """Reinstate a suspended accreditation, with reasons."""
    with writing() as session:
        return actions.reinstate_accreditation(session, actor(), accreditation_id, reasons)


@blueprint.get("/accreditations/<uuid:accreditation_id>/revocation")
@audience("administrator")
@speaks(gives=AccreditationActSchema, page="verifiers/accreditation_act.html")
def revocation_form(accreditation_id: UUID) -> dict[str, Any]:
    """Revoke an accreditation, with every matter that relied on the body."""
    return _act(accreditation_id, "revoke")


@blueprint.post("/accreditations/<uuid:accreditation_id>/revocation")
@audience("administrator")
@speaks(takes=RevokeSchema, gives=AccreditationSchema, form="verifiers.revocation_form", notice="Revoked; the body is told. Its page lists what relied on it.")
def revoke_accreditation(accreditation_id: UUID, reasons: str, grounds: list[str]) -> Accreditation:
    """Revoke an accreditation for good, on grounds of the closed list."""
    with writing() as session:
        return actions.revoke_accreditation(session, actor(), accreditation_id, reasons, grounds)


@blueprint.get("/accreditations/<uuid:accreditation_id>/performance-review")
@audience("administrator")
@speaks(gives=ActSchema, page=PAGE)
def performance_review_form(accreditation_id: UUID) -> Any:
    """Enter a performance review of an accredited body."""
    with reading() as session:
        return forms.performance_review(session, actor(), accreditation_id)


@blueprint.post("/accreditations/<uuid:accreditation_id>/performance-review")
@audience("administrator")
@speaks(takes=ReviewedSchema, gives=AccreditationSchema, form="verifiers.performance_review_form", notice="Entered; the body is told.")
def review_performance(accreditation_id: UUID, **review: Any) -> Accreditation:
    """Enter what a performance review found and when the next one is due."""
    with writing() as session:
        return actions.review_performance(session, actor(), accreditation_id, actions.Reviewed(**review))


@blueprint.get("/accreditations/<uuid:accreditation_id>/status-elsewhere")
@audience("verifier")
@speaks(gives=ActSchema, page=PAGE)
def status_elsewhere_form(accreditation_id: UUID) -> Any:
    """Report a change of the body's status elsewhere."""
    with reading() as session:
        return forms.status_elsewhere(session, actor(), accreditation_id)


@blueprint.post("/accreditations/<uuid:accreditation_id>/status-elsewhere")
@audience("verifier")
@speaks(takes=ElsewhereSchema, gives=AccreditationSchema, form="verifiers.status_elsewhere_form", notice="Reported; the state is told.")
def report_status_elsewhere(accreditation_id: UUID, **report: Any) -> Accreditation:
    """Report that another state or accrediting body changed the body's status."""
    with writing() as session:
        return actions.report_status_elsewhere(session, actor(), accreditation_id, actions.Elsewhere(**report))


@blueprint.get("/engagements/<uuid:engagement_id>/disclosure")
@audience("verifier")
@speaks(gives=ActSchema, page=PAGE)
def disclosure_form(engagement_id: UUID) -> Any:
    """Disclose a conflict of interest in an accepted engagement."""
    with reading() as session:
        return forms.disclosure(session, actor(), engagement_id)


@blueprint.post("/engagements/<uuid:engagement_id>/disclosure")
@audience("verifier")
@speaks(takes=DiscloseSchema, gives=EngagementSchema, form="verifiers.disclosure_form", notice="Disclosed; the state and the provider are told.")
def disclose(engagement_id: UUID, **told: Any) -> Engagement:
    """Disclose a conflict of interest that came up after the attestation."""
    with writing() as session:
        return actions.disclose(session, actor(), engagement_id, actions.Disclosed(**told))


@blueprint.get("/engagements/<uuid:engagement_id>/settlement")
@audience("reviewer")
@speaks(gives=ActSchema, page=PAGE)
def settlement_form(engagement_id: UUID) -> Any:
    """Accept how a disclosed conflict is resolved."""
    with reading() as session:
        return forms.settlement(session, actor(), engagement_id)


@blueprint.post("/engagements/<uuid:engagement_id>/settlement")
@audience("reviewer")
@speaks(takes=WordsSchema, gives=EngagementSchema, form="verifiers.settlement_form", notice="Accepted; the body and the provider are told.")
def settle(engagement_id: UUID, words: str) -> Engagement:
    """Accept how every open conflict of an engagement is resolved."""
    with writing() as session:
        return actions.settle(session, actor(), engagement_id, words)
