"""What stands behind an account: the certificate of its representation, and who has an interest in its ERCs (rules 1.9 to 1.14, 1.21)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.db import now
from app.erc_tcs import queries
from app.erc_tcs.flows import PRIVATE_KINDS
from app.erc_tcs.models import Account, Certificate
from app.errors import Conflict, Invalid, NotPermitted, StillMissing
from app.people import Actor, demand_administrator_of
from app.record import record


@dataclass(frozen=True)
class Certified:
    """What a certificate of representation says beside the names and e-mail addresses, which are on file (rule 1.11)."""

    facility_and_units: str
    owners_and_operators: str
    representative_contact: str
    signed_on: date
    alternate_contact: str = ""
    selected_by_agreement: bool = False
    authority_given: bool = False
    notice_given: bool = False


STATEMENTS = {
    "selected_by_agreement": "It says that the representative was selected by an agreement binding on all owners and operators",
    "authority_given": "It says that the representative has authority to act for them, and that they are bound by the acts and by orders of the state",
    "notice_given": "It says that all owners and operators were given notice",
}


def enter_certificate(session: Session, actor: Actor, number: str, certified: Certified) -> Certificate:
    """Enter a complete certificate of representation: from now on it stands, and the one before is superseded; no earlier act is undone.

    Raises StillMissing with everything that a complete certificate has and this one has not; it is then not entered at all (rule 1.13).
    """
    account = queries.account_by_number_for_update(session, number)
    demand_administrator_of(session, actor, account.state)
    if account.account_kind != "compliance" or account.closed_at is not None:
        raise Conflict(f"Account {account.number} is no open compliance account.", rule="1.11", what_to_do="Choose the facility's compliance account.")
    named = {one.representative_kind: one for one in queries.representatives(session, account.id)}
    _demand_complete(certified, named)
    found = Certificate(
        account=account,
        facility_and_units=certified.facility_and_units.strip(),
        owners_and_operators=lines(certified.owners_and_operators),
        representative_id=named["primary"].id,
        representative_contact=certified.representative_contact.strip(),
        alternate_id=named["alternate"].id if "alternate" in named else None,
        alternate_contact=certified.alternate_contact.strip(),
        statement=queries.REPRESENTATION,
        signed_on=certified.signed_on,
        entered_by_id=actor.user_id,
    )
    session.add(found)
    session.flush()
    people = {kind: one.user.name for kind, one in named.items() if kind != "agent"}
    private = {**people, "owners_and_operators": found.owners_and_operators, "contact": found.representative_contact}
    facts: dict[str, Any] = {"facility_and_units": found.facility_and_units, "signed_on": found.signed_on}
    record(session, actor, "enter", found, private=private, account=account.number, **facts)
    return found


def _demand_complete(certified: Certified, named: Iterable[str]) -> None:
    lacking: dict[str, list[str]] = {}
    if "primary" not in named:
        lacking["representative_contact"] = ["Name the designated representative of the account first."]
    for name, words in (
        ("facility_and_units", "Name the facility and each unit."),
        ("owners_and_operators", "List the owners and operators."),
        ("representative_contact", "Give address and telephone number of the representative."),
    ):
        if not getattr(certified, name).strip():
            lacking.setdefault(name, []).append(words)
    if "alternate" in named and not certified.alternate_contact.strip():
        lacking["alternate_contact"] = ["Give address and telephone number of the alternate."]
    for name, words in STATEMENTS.items():
        if not getattr(certified, name):
            lacking[name] = [f"{words}: without it the certificate is not complete."]
    if certified.signed_on > now().date():
        lacking["signed_on"] = ["The day of the signatures is not past."]
    if lacking:
        words = f"The certificate is not complete: {' '.join(told for said in lacking.values() for told in said)}"
        raise StillMissing(words, rule="1.11", what_to_do="Return it to the sender; the one before stands until a complete one arrives.", fields=lacking)


def list_owners(session: Session, actor: Actor, number: str, parties: str) -> Account:
    """The owner's list of all who have an interest in the ERCs of the account, one a line, in place of the list before (rule 1.21)."""
    account = queries.account_by_number_for_update(session, number)
    if account.account_kind not in PRIVATE_KINDS or queries.principal_of(session, actor, account.id) is None:
        raise NotPermitted("The list is kept by the representatives of the account.", rule="1.21", what_to_do="Ask the account's representative.")
    if account.closed_at is not None:
        raise Conflict(f"Account {account.number} is closed.", rule="1.18", what_to_do="Nothing is left to do.")
    before, account.ownership_interests = account.ownership_interests, lines(parties)
    if any(len(one) > 300 for one in account.ownership_interests):
        raise Invalid("A line is too long.", rule="1.21", fields={"parties": ["Write one party a line, in at most 300 characters."]})
    session.flush()
    private = {"parties": account.ownership_interests, "before": before}
    record(session, actor, "list_owners", account, private=private, count=len(account.ownership_interests))
    return account


def lines(text: str) -> list[str]:
    """Each line once, without blanks around it, in the order written."""
    return list(dict.fromkeys(" ".join(one.split()) for one in text.splitlines() if one.strip()))
