"""The pages of eligibility's acts: what each says, asks and shows, and what happens next."""

from app.eligibility.forms.acts import (
    approval,
    approved_in_words,
    claim,
    denial,
    denied_in_words,
    engagement_ending,
    new_application,
    note,
    qualification,
    recommendation,
    return_,
    sending_back,
    withdrawal,
)
from app.eligibility.forms.provider import documents_page, engagement_page, facts_page, plan_page, plan_section_page, section_page, submission_page
from app.eligibility.forms.verifier import verification_page

__all__ = [
    "approval",
    "approved_in_words",
    "claim",
    "denial",
    "denied_in_words",
    "documents_page",
    "engagement_ending",
    "engagement_page",
    "facts_page",
    "new_application",
    "note",
    "plan_page",
    "plan_section_page",
    "qualification",
    "recommendation",
    "return_",
    "section_page",
    "sending_back",
    "submission_page",
    "verification_page",
    "withdrawal",
]
