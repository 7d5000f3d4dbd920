"""The pages of the short acts on engagements and accreditations: disclosure, settlement, performance review, status elsewhere (6.10, 7.6, 7.12)."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.acts import Act, Field
from app.amounts import day_in_words
from app.lifecycle import act_among
from app.people import Actor
from app.verifiers import queries
from app.verifiers.independence import CONFLICT_QUESTIONS, REVIEW_RESULTS
from app.verifiers.lifecycle import ACCREDITATION, ENGAGEMENT
from app.verifiers.models import Accreditation, Engagement

QUESTION_WORDS = {one.code: one.words.rstrip("?") for one in CONFLICT_QUESTIONS}


def _engagement(session: Session, actor: Actor, engagement_id: UUID, action: str) -> tuple[Engagement, str]:
    """The engagement, for somebody whose act this is, and why it cannot be done now."""
    found = queries.readable_engagement(session, actor, engagement_id)
    act = act_among(queries.open_actions(session, actor, found), ENGAGEMENT, action, queries.standing(session, actor, found))
    return found, act["reason"] or ""


def disclosure(session: Session, actor: Actor, engagement_id: UUID) -> Act:
    """A conflict that came up later, of the body or of one who verifies."""
    found, closed = _engagement(session, actor, engagement_id, "disclose")
    whose = [(found.body.name, "The body itself"), *((one, one) for one in found.individuals)]
    return Act(
        title="Disclose a conflict of interest",
        words="The state and the provider are told at once. Until the state accepts how it is resolved, your report is not signed, submitted or accepted.",
        rule="6.10",
        path=f"{found.path}/disclosure",
        back=found.path,
        submit="Disclose it",
        warning=closed,
        facts=(("To verify", found.matter_title), ("Provider", found.provider.name)),
        fields=(
            Field("whose", "Whose conflict", "radios", options=whose, required=True),
            Field("question_code", "What kind of conflict", "radios", options=list(QUESTION_WORDS.items()), rule="6.7", required=True),
            Field("words", "What it is, and since when", "textarea", required=True, help="The provider, the state and auditors read it; the public does not."),
            Field("remedy", "How you resolve it", "textarea", help="For example: the person takes no part in this engagement any more."),
        ),
    )


def settlement(session: Session, actor: Actor, engagement_id: UUID) -> Act:
    """Accept how the open conflicts are resolved."""
    found, closed = _engagement(session, actor, engagement_id, "settle")
    told = [one for one in queries.disclosures_of(session, found.id) if one.settled_at is None]
    return Act(
        title="Accept how a conflict is resolved",
        words="The engagement goes on, and the body's report counts again. If it is not resolved, return or refuse the matter, or wait for another body.",
        rule="6.10",
        path=f"{found.path}/settlement",
        back=found.path,
        submit="Accept the resolution",
        warning=closed,
        facts=[(f"{one.whose}: {QUESTION_WORDS[one.question_code]}", f"{one.words} Resolved by: {one.remedy or 'nothing was proposed'}") for one in told],
        fields=(Field("words", "Why this resolves it", "textarea", rule="6.8", required=True),),
    )


def _accreditation(session: Session, actor: Actor, accreditation_id: UUID, action: str) -> tuple[Accreditation, str]:
    found = queries.accreditation(session, accreditation_id)
    act = act_among(queries.accreditation_actions(actor, found), ACCREDITATION, action, queries.standing_in_accreditation(actor, found))
    return found, act["reason"] or ""


def performance_review(session: Session, actor: Actor, accreditation_id: UUID) -> Act:
    """What a periodic review found."""
    found, closed = _accreditation(session, actor, accreditation_id, "review")
    today = queries.today()
    return Act(
        title=f"Enter a performance review of {found.body.name}",
        words="The state looks at the body's work from time to time. The body and the public read what was found.",
        rule="7.6",
        path=f"/accreditations/{found.id}/performance-review",
        back=found.path,
        submit="Enter the review",
        warning=closed,
        facts=(("Accreditation", found.number), ("This review was due", day_in_words(found.next_review_on) if found.next_review_on else "no day was set")),
        fields=(
            Field("reviewed_on", "Day of the review", "date", value=today, required=True),
            Field("result", "Result", "radios", options=list(REVIEW_RESULTS.items()), required=True),
            Field("words", "What was found", "textarea", required=True),
            Field("next_review_on", "Next review", "date", value=queries.later(today, 1), required=True, help="A review that is overdue is flagged."),
        ),
    )


def status_elsewhere(session: Session, actor: Actor, accreditation_id: UUID) -> Act:
    """A change of the body's status with another state or accrediting body."""
    found, closed = _accreditation(session, actor, accreditation_id, "report_elsewhere")
    return Act(
        title="Report a change of status elsewhere",
        words="A body tells the state when another state or accrediting body grants, suspends, revokes or ends its accreditation. It is public.",
        rule="7.12",
        path=f"/accreditations/{found.id}/status-elsewhere",
        back=found.path,
        submit="Report it",
        warning=closed,
        fields=(
            Field("authority", "State or accrediting body", required=True),
            Field("status", "Status now", "radios", options=[(one, one) for one in ("Granted", "Suspended", "Revoked", "Expired", "Given up")], required=True),
            Field("since_on", "Since", "date", required=True),
            Field("words", "What happened", "textarea", required=True),
        ),
    )
