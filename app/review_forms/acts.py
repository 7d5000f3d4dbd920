"""The pages of the short acts that an application and an M&V report both have: a reason or a choice, and one button (rules 6.8, 8.2 to 8.11)."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from uuid import UUID

from app.acts import REASONS, Act, Field


class Reviewed(Protocol):
    """What the pages read of a matter."""

    @property
    def title(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def recommendation(self) -> dict[str, Any] | None: ...


def reasons_facts(matter: Reviewed, act: Mapping[str, Any], words: str, **more: Any) -> dict[str, Any]:
    """What the page of an act says, which asks for reasons unless `more` gives other fields.

    `act` is the open action, whose reason, if it is not open, is told first.
    """
    return {
        "title": f"{act['label']}: {matter.title}",
        "words": words,
        "rule": "8.4",
        "path": act["path"],
        "back": matter.path,
        "submit": act["label"],
        "fields": (REASONS,),
        **more,
        "warning": more.get("warning") or act["reason"] or "",
    }


def reasons_page(matter: Reviewed, act: Mapping[str, Any], words: str, **more: Any) -> Act:
    """The page itself; `more` as reasons_facts takes it."""
    return Act(**reasons_facts(matter, act, words, **more))


def note_page(matter: Reviewed, act: Mapping[str, Any]) -> Act:
    field = Field("words", "Note", "textarea", help="Only reviewers and auditors read it.", required=True)
    return reasons_page(matter, act, "A note stays with the matter. The provider, the verifier and the public never see it.", fields=(field,))


def claim_page(matter: Reviewed, act: Mapping[str, Any], reviewers: Iterable[Any], chosen: UUID | None) -> Act:
    """Claim for oneself, or pass the review on. `reviewers` are people of the issuing state."""
    options = [(str(one.id), one.name) for one in reviewers]
    field = Field("reviewer_id", "Who reviews it", "select", str(chosen) if chosen else "", required=True, options=options)
    words = "One reviewer holds the claim; it can pass to another one of the state at any time, and each passing is on record."
    return reasons_page(matter, act, words, rule="8.8", fields=(field,))


def sending_back_page(matter: Reviewed, act: Mapping[str, Any], **more: Any) -> Act:
    """Back from recommended to review, with what was recommended."""
    words = "The recommendation is gone and the review goes on. Your reasons stay with the reviewers."
    facts = [("Recommended because", (matter.recommendation or {}).get("reasons", "")), *more.get("facts", ())]
    return reasons_page(matter, act, words, rule="8.8", facts=facts)


def withdrawal_page(matter: Reviewed, act: Mapping[str, Any], what_then: str) -> Act:
    """`what_then` says how the provider can begin anew."""
    words = f"It ends undecided. What was submitted stays on record and public. {what_then}"
    return reasons_page(matter, act, words, rule="8.7", look="secondary")


def ending_page(matter: Reviewed, act: Mapping[str, Any], engaged: Any) -> Act:
    """Withdraw the request to a body that has not answered, or end the engagement of one that has; `engaged` is None when there is neither."""
    field = Field("reason", "Reason", "textarea", required=True, help="The body reads it.")
    words = "You can then engage another body."
    if engaged is not None and engaged.state == "asked":
        words = f"{engaged.body.name} can no longer accept, and has not seen this matter. {words}"
    elif engaged is not None:
        words = f"The engagement of {engaged.body.name} ends: it no longer reads this matter. {words}"
    return reasons_page(matter, act, words, rule="6.8", fields=(field,), look="secondary")
