"""What ties organisations to each other by people and accounts, read in one statement however large they are (rule 6.9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased
from sqlalchemy.types import Uuid

from app.erc_tcs.models import Account, ErcBlock, Representative
from app.people import Organisation, User


@dataclass(frozen=True, slots=True)
class Ties:
    """The organisation, its people, the owners of its accounts and of those its people act for, who acts for its accounts; and the ERCs there.

    Organisations stand by name. People stand by e-mail address, each with the name: two people of the same name are two people.
    """

    organisation: str
    people: dict[str, str]
    account_owners: frozenset[str]
    representatives: dict[str, str]
    ercs_held: int


def _names(found: Select[str]) -> Any:
    return func.array(found.scalar_subquery(), type_=ARRAY(Text))


def _people(found: Select[Any]) -> Any:
    """Names by e-mail address; NULL when there is nobody."""
    return found.with_only_columns(func.jsonb_object_agg(User.email, User.name)).scalar_subquery()


def _sides() -> Select[Any]:
    """The ties of each organisation of `ids`."""
    side, owner = aliased(Organisation), aliased(Organisation)
    present, acts = (User.organisation_id == side.id) & User.left_at.is_(None), Representative.ended_at.is_(None)
    acted_for = select(Representative.account_id).join(User, User.id == Representative.user_id).where(present, acts)
    reached = (Account.organisation_id == side.id) | (Account.closed_at.is_(None) & Account.id.in_(acted_for.correlate(side)))
    owners = select(owner.name).distinct().join(Account, Account.organisation_id == owner.id).where(reached)
    acting = select(User.id).join(Representative, Representative.user_id == User.id).join(Account, Account.id == Representative.account_id)
    held = select(func.coalesce(func.sum(ErcBlock.last_sequence - ErcBlock.first_sequence + 1), 0)).join(Account, Account.id == ErcBlock.account_id)
    return select(
        side.id,
        side.name,
        _people(select(User.id).where(present)),
        _names(owners),
        _people(acting.where(Account.organisation_id == side.id, acts)),
        held.where(Account.organisation_id == side.id).scalar_subquery(),
    ).where(side.id == any_(bindparam("ids", type_=ARRAY(Uuid))))


SIDES = _sides()


def ties_of(session: Session, organisation_ids: Iterable[UUID]) -> dict[UUID, Ties]:
    """The ties of each of these organisations that is known."""
    rows = session.execute(SIDES, {"ids": list(organisation_ids)})
    return {id_: Ties(name, people or {}, frozenset(owners), acting or {}, int(held)) for id_, name, people, owners, acting, held in rows}
