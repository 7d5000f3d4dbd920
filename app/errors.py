"""Refusals: the five ways this system says no, and what each named constraint of the database means in words.

A refusal is an answer, not a fault: it says what is wrong, which rule says so and what to do next. web turns it into a page or a problem
document (RFC 9457); anything else that is raised is a bug and becomes a bare 500.
"""

from collections.abc import Mapping, Sequence

Messages = Mapping[str, Sequence[str]]
Links = Sequence[tuple[str, str]]


class Refused(Exception):
    """The request is understood and not done. `rule` is a number of docs/rules.md; `fields` maps a form field to its messages, `links` words to a URL."""

    status = 400
    title = "Refused"
    explanation = "The request was understood and not done."

    def __init__(self, words: str, *, rule: str | None = None, what_to_do: str | None = None, fields: Messages | None = None, links: Links = ()) -> None:
        super().__init__(words)
        self.words = words
        self.rule = rule
        self.what_to_do = what_to_do
        self.fields = {name: list(messages) for name, messages in (fields or {}).items()}
        self.links = list(links)

    @classmethod
    def slug(cls) -> str:
        """The last part of the address of the page that explains this kind, such as `wrong-state`."""
        return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in cls.__name__).lstrip("-")


class NotFound(Refused):
    status = 404
    title = "Not found"
    explanation = "Nothing that you may see is at this address. Check the address, or search for the serial, resource, plant or owner."


class NotPermitted(Refused):
    status = 403
    title = "Not permitted"
    explanation = "You are known, but this act is not yours in this matter. The words say whose it is."


class Invalid(Refused):
    status = 422
    title = "Not valid"
    explanation = "Something in what was sent does not hold. Each message names the field and what to write instead; nothing was saved."


class Conflict(Refused):
    status = 409
    title = "Not now"
    explanation = "The record is not in a condition that allows this act, or somebody was faster. Look at it again and decide anew."


class Unavailable(Refused):
    status = 503
    title = "Not just now"
    explanation = "The database or the document store does not answer, or has no room. Nothing was done by halves; try again in a moment."


class NotAsDeposited(Unavailable):
    title = "Not the bytes that were deposited"
    explanation = "The stored bytes no longer have the digest under which they were deposited, so nothing of them is given. The administrator restores them."


class SignInNeeded(NotPermitted):
    status = 401
    title = "Sign in first"
    explanation = "This page is for people with an account. Sign in, or send a personal API token as a bearer token."


class OtherSite(NotPermitted):
    title = "Sent from another site"
    explanation = "A form that changes something must be sent from this site's own pages. Open the page here and send it again."


class TooLarge(Invalid):
    status = 413
    title = "Too large"
    explanation = "The file is larger than this system takes. Split it, or compress it."


class TooManyAttempts(NotPermitted):
    status = 429
    title = "Too many attempts"
    explanation = "Signing in failed too often. Wait the time that the words name, or set a new password by the link on the sign-in page."


class SecondPersonNeeded(NotPermitted):
    title = "A second person decides"
    explanation = "Who recommends does not decide, and nobody decides a matter of their own organisation (programme rules 8.8, 8.13). Ask another reviewer."


class ConflictOfInterest(NotPermitted):
    title = "Conflict of interest"
    explanation = "A verifier with a tie to the provider, or who holds ERCs, may not verify (programme rules 6.7 to 6.9). Engage another body."


class NotAccredited(NotPermitted):
    title = "Not accredited"
    explanation = "Only a body accredited for this kind of resource on the day of signing may verify (programme rules 6.11, 7.1)."


class KeyReused(Invalid):
    title = "Idempotency key used before"
    explanation = "The same idempotency key came with another content. Use a new key for a new request."


class StillMissing(Invalid):
    title = "Something is missing"
    explanation = "A submission is complete only if every applicable item is present (section 3 of the programme rules). The list names each item."


class SerialWrong(Invalid):
    title = "Serial not right"
    explanation = "The sequence alone identifies an ERC; the other parts of the serial must agree with it (programme rule 9.6). The words give the right one."


class WrongState(Conflict):
    title = "Not in this state"
    explanation = "The life cycle of the record does not allow this act from its present state."


class SectionGone(Conflict):
    title = "This section is gone"
    explanation = "The type of the resource was changed, and this section is not asked of the new type. What belongs elsewhere is copied there by hand."


class SnapshotChanged(Conflict):
    title = "Changed since it was recommended"
    explanation = "The second person decides on exactly what the first one saw. Something changed in between: recommend again."


class Taken(Conflict):
    title = "Already there"
    explanation = "Another record holds what must be unique."


class SentTwice(Conflict):
    title = "Sent twice?"
    explanation = "You did exactly this within the last ten minutes, and it cannot be taken back. Say so if you mean a second one."


class NotHeld(Conflict):
    title = "ERCs not available"
    explanation = "The account does not hold all of these ERCs free to move (programme rules 11.2, 11.7). All or nothing is moved (programme rule 11.8)."


class FlowForbidden(Conflict):
    title = "This may not flow there"
    explanation = "The table of account kinds says what may flow where (programme rules 1.6, 1.7)."


class CapExceeded(Conflict):
    title = "More than was verified"
    explanation = "No more ERCs than verified, creditable whole MWh with the carry brought in (programme rules 6.6, 9.2)."


CONSTRAINTS: dict[str, Refused] = {
    "uq_user_email": Taken("Somebody with this e-mail address is already known.", what_to_do="Search for the person, or use another address."),
    "uq_organisation_name": Taken("An organisation of this name is already known.", what_to_do="Use the one that is there, or add the town to the name."),
    "ex_erc_block_serials_do_not_overlap": Conflict(
        "These serials already belong to another block.", rule="9.8", what_to_do="Load the page again and choose from what is held now."
    ),
    "uq_engagement_one_open_per_matter": Taken(
        "A verifier is already engaged for this version.", rule="3.6", what_to_do="End that engagement first, or wait for its report."
    ),
    "ex_mv_report_periods_do_not_overlap": Taken(
        "Another M&V report of this resource already covers a part of this period.",
        rule="5.9",
        what_to_do="Change the period, or withdraw the other report if it is not yet decided.",
    ),
    "uq_issuance_one_per_report_and_vintage": Taken(
        "ERCs were already issued for this report and vintage.", rule="9.2", what_to_do="Load the report again to see what was decided."
    ),
    "uq_emissions_record_unit_year": Taken(
        "This unit already has an emissions record for this year.", rule="9.17", what_to_do="Open the record that is there."
    ),
    "uq_state_plan_version": Taken("This version of the plan is already there.", what_to_do="Give the new version the next number."),
    "uq_accreditation_number": Taken("This accreditation number is in use.", what_to_do="Check the number on the certificate."),
    "uq_representative_kind_in_force": Taken("The account already has a representative of this kind.", rule="1.10", what_to_do="End the present one first."),
    "uq_proposal_one_open_per_subject": Taken(
        "A proposal on this subject already waits for a second person.", rule="8.8", what_to_do="Decide or withdraw that one first."
    ),
}
