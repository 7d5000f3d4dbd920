"""Reads of accounts and of those who act for them (rules 1.6 to 1.23)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, Text, any_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.erc_tcs.checks import AccountNumberWrong, read_account_number
from app.erc_tcs.flows import PRIVATE_KINDS, SUBMISSIONS
from app.erc_tcs.models import Account, Certificate, ErcBlock, ErcTransaction, Hold, Offer, Representative
from app.errors import Invalid, NotFound
from app.people import Actor, Role, User


def account(session: Session, account_id: UUID) -> Account:
    found = session.get(Account, account_id)
    if found is None:
        raise NotFound("There is no such account.", what_to_do="Look it up in the list of accounts.")
    return found


def account_by_number(session: Session, number: str) -> Account:
    """The account of a number as typed or in an address. Raises NotFound, with the wrong part named when the check digits do not fit."""
    return _found(session, number, select(Account))


def account_by_number_for_update(session: Session, number: str) -> Account:
    return _found(session, number, _locked(select(Account)))


def account_for_update(session: Session, account_id: UUID) -> Account:
    found = session.scalar(_locked(select(Account).where(Account.id == account_id)))
    if found is None:
        raise NotFound("There is no such account.", what_to_do="Look it up in the list of accounts.")
    return found


def accounts_for_update(session: Session, account_ids: Iterable[UUID]) -> list[Account]:
    """The accounts, locked in the order of their ids, which is the order of everybody who locks more than one."""
    return list(session.scalars(_locked(select(Account).where(Account.id.in_(list(account_ids)))).order_by(Account.id)))


def pair_for_update(session: Session, from_number: str, to_number: str) -> tuple[Account, Account]:
    """Sender and receiver, both locked in one statement. The receiver's number is typed by hand, so its faults speak to that field."""
    sender = readable_number(from_number)
    receiver = typed_number(to_number)
    found = {row.number: row for row in session.scalars(PAIR, {"numbers": [sender, receiver]})}
    if sender not in found:
        raise NotFound(f"There is no account {sender}.", what_to_do="Look it up in the list of accounts.")
    if receiver not in found:
        raise Invalid(
            f"There is no account {receiver}.",
            rule="11.1",
            what_to_do="Compare the number with what the receiver gave you.",
            fields={"to_number": ["No account has this number."]},
        )
    return found[sender], found[receiver]


def readable_number(number: str) -> str:
    """A number in its printed form. Raises NotFound when it cannot be one."""
    try:
        return str(read_account_number(number))
    except AccountNumberWrong as error:
        raise NotFound(str(error), what_to_do="Compare the number with the one that you were given.") from error


def typed_number(number: str, field: str = "to_number") -> str:
    """A number from a form's field in its printed form. Raises Invalid when its check digits do not fit (rule 11.1)."""
    try:
        return str(read_account_number(number))
    except AccountNumberWrong as error:
        raise Invalid(str(error), rule="11.1", what_to_do="Compare the number with what the receiver gave you.", fields={field: [str(error)]}) from error


def _locked(found: Select[Account]) -> Select[Account]:
    """Locked against every other movement and against closing, but not against a row that only refers to the account."""
    return found.with_for_update(key_share=True, of=Account).execution_options(populate_existing=True)


# The statements of a transfer are built once, because building them would cost as much as running them.
PAIR = _locked(select(Account).where(Account.number.in_(bindparam("numbers", expanding=True)))).order_by(Account.id)
ACTING = (
    select(Representative.id)
    .join(User, User.id == Representative.user_id)
    .where(Representative.account_id == bindparam("account_id"), Representative.user_id == bindparam("user_id"), Representative.ended_at.is_(None))
    .where(User.signature_agreed_at.is_not(None), User.left_at.is_(None))
    .limit(1)
)


DELEGATED = or_(Representative.representative_kind != "agent", bindparam("submission", type_=Text) == any_(Representative.scope))
SUBMITTING = ACTING.where(DELEGATED)


def _found(session: Session, number: str, found: Select[Account]) -> Account:
    readable = readable_number(number)
    row = session.scalar(found.where(Account.number == readable))
    if row is None:
        raise NotFound(f"There is no account {readable}.", what_to_do="Look it up in the list of accounts.")
    return row


def accounts_of(session: Session, organisation_id: UUID) -> list[Account]:
    """Every account of an organisation, open ones first."""
    return list(session.scalars(select(Account).where(Account.organisation_id == organisation_id).order_by(Account.closed_at.is_not(None), Account.sequence)))


def accounts_acted_for(session: Session, user_id: UUID) -> list[Account]:
    """The open accounts that a person is representative or agent of."""
    acting = select(Representative.account_id).where(Representative.user_id == user_id, Representative.ended_at.is_(None))
    return list(session.scalars(select(Account).where(Account.id.in_(acting), Account.closed_at.is_(None)).order_by(Account.sequence)))


def state_account(session: Session, state: str, kind: str) -> Account:
    """The state's account of a kind of which it has one (origination, surrender, retirement, cancellation), or its oldest holding account."""
    found = session.scalar(
        select(Account).where(Account.state == state, Account.account_kind == kind, Account.closed_at.is_(None)).order_by(Account.sequence).limit(1)
    )
    if found is None:
        raise NotFound(f"The state {state} has no {kind} account.", rule="1.6", what_to_do="Ask the administrator to open it.")
    return found


def representatives(session: Session, account_id: UUID) -> list[Representative]:
    """Who acts for the account now: primary, alternate, then agents."""
    found = select(Representative).where(Representative.account_id == account_id, Representative.ended_at.is_(None))
    order = {"primary": 0, "alternate": 1, "agent": 2}
    return sorted(session.scalars(found), key=lambda row: (order[row.representative_kind], row.began_at))


def representatives_ever(session: Session, account_id: UUID) -> list[Representative]:
    """Everybody who ever acted for the account; what they did stays binding (rule 1.14)."""
    return list(session.scalars(select(Representative).where(Representative.account_id == account_id).order_by(Representative.began_at)))


def representative(session: Session, representative_id: UUID) -> Representative:
    found = session.get(Representative, representative_id)
    if found is None:
        raise NotFound("There is no such representative.", what_to_do="Choose one of those on the page of the account.")
    return found


def may_act_for(session: Session, actor: Actor, account: Account) -> bool:
    """Whether the person may move the account's ERCs: a representative or agent who signed the agreement on electronic signature (rules 1.10,
    1.17, 1.22); for a state's holding account a reviewer of the agency that holds it (rule 1.7)."""
    if account.account_kind not in PRIVATE_KINDS:
        return actor.role == Role.REVIEWER and actor.organisation_id == account.organisation_id
    if actor.user_id is None:
        return False
    return session.scalar(ACTING, {"account_id": account.id, "user_id": actor.user_id}) is not None


def may_submit(session: Session, actor: Actor, account: Account, submission: str) -> bool:
    """As may_act_for, and for an agent only what the delegation covers: `submission` is a type of SUBMISSIONS (rule 1.17)."""
    if account.account_kind not in PRIVATE_KINDS or actor.user_id is None:
        return may_act_for(session, actor, account)
    return session.scalar(SUBMITTING, {"account_id": account.id, "user_id": actor.user_id, "submission": submission}) is not None


def outside_delegation(session: Session, actor: Actor, account: Account, submission: str) -> str | None:
    """Why an agent of the account may not make this type of submission; None for everybody else, and for what the delegation covers."""
    acting = next((one for one in representatives(session, account.id) if one.user_id == actor.user_id), None)
    if acting is None or acting.representative_kind != "agent" or submission in acting.scope:
        return None
    covered = "; ".join(SUBMISSIONS[one] for one in SUBMISSIONS if one in acting.scope)
    return f"You act for account {account.number} by delegation, which covers: {covered}. “{SUBMISSIONS[submission]}” is outside it."


def principal_of(session: Session, actor: Actor, account_id: UUID) -> Representative | None:
    """The person's own naming as primary or alternate of the account, if it is in force."""
    named = representatives(session, account_id)
    return next((one for one in named if one.user_id == actor.user_id and one.representative_kind != "agent"), None)


def certificates_of(session: Session, account_id: UUID) -> list[Certificate]:
    """The certificates of representation, the one that stands first (rule 1.13)."""
    return list(session.scalars(select(Certificate).where(Certificate.account_id == account_id).order_by(Certificate.received_at.desc())))


def last_activity_at(session: Session, account: Account) -> datetime:
    """When ERCs last came or went; the opening, when none ever did (rule 1.18)."""
    touching = (ErcTransaction.from_account_id == account.id) | (ErcTransaction.to_account_id == account.id)
    return session.scalar(select(func.max(ErcTransaction.recorded_at)).where(touching)) or account.opened_at


def offer(session: Session, offer_id: UUID) -> Offer:
    found = session.get(Offer, offer_id)
    if found is None:
        raise NotFound("There is no offer at this address.", what_to_do="Look at the offers on the page of your account.")
    return found


def offer_for_update(session: Session, offer_id: UUID) -> Offer:
    found = session.scalar(select(Offer).where(Offer.id == offer_id).with_for_update(of=Offer).execution_options(populate_existing=True))
    if found is None:
        raise NotFound("There is no offer at this address.", what_to_do="Look at the offers on the page of your account.")
    return found


def offers_of(session: Session, account_id: UUID, state: str | None = None) -> list[Offer]:
    """Offers from or to an account, newest first."""
    found = select(Offer).where((Offer.from_account_id == account_id) | (Offer.to_account_id == account_id)).order_by(Offer.offered_at.desc())
    return list(session.scalars(found.where(Offer.state == state) if state else found))


def hold(session: Session, hold_id: UUID) -> Hold:
    found = session.get(Hold, hold_id)
    if found is None:
        raise NotFound("There is no hold at this address.", what_to_do="Look at the report whose ERCs were held.")
    return found


def hold_for_update(session: Session, hold_id: UUID) -> Hold:
    found = session.scalar(select(Hold).where(Hold.id == hold_id).with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound("There is no hold at this address.", what_to_do="Look at the report whose ERCs were held.")
    return found


def transaction_by_number(session: Session, number: int) -> ErcTransaction:
    found = session.scalar(select(ErcTransaction).where(ErcTransaction.number == number))
    if found is None:
        raise NotFound(f"There is no transaction {number}.", what_to_do="Look it up in the list of transactions.")
    return found


def organisations_of_blocks(session: Session, blocks: Iterable[ErcBlock]) -> list[UUID]:
    """Whose accounts hold these blocks, each organisation once."""
    ids = {block.account_id for block in blocks}
    return list(session.scalars(select(Account.organisation_id).where(Account.id.in_(ids)).distinct().order_by(Account.organisation_id)))
