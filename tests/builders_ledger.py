"""A ledger in a dozen words, for tests: each word performs an action, so that a test reads as the story that it tells.

    issue 100 to WIND                     a minting into an account, of vintage 2022 unless `vintage 2024` follows
    transfer 30 from WIND to PLANT-A      the quantity, the oldest and lowest first; or `41..60` for serials
    offer 10 from WIND to PLANT-A         then `accept`, `decline` or `withdraw`
    retire 5 from PLANT-A                 and `surrender`, `cancel 41..60`, `hold 41..60`, `lift`
    refuse NotHeld transfer 200 from …    the line after the kind of refusal must be refused, and change nothing
    expect WIND 70 active                 the account's sum in a status; `expect 41..60 held in WIND` for serials

Serials count from 1 within one ledger, whatever the counter of the database stands at. A name begins an account when it is first said: PLANT… is a
compliance account, STATE… a holding account, everything else a general one.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from app import errors
from app.compliance.models import AffectedEgu, EmissionsRecord
from app.erc_tcs import actions, queries
from app.erc_tcs.models import Account, Hold, Offer
from app.erc_tcs.serials import merge
from app.issuance.models import Issuance
from app.people import Actor

NAME = re.compile(r"[A-Z][A-Z-]+$")
RANGE = re.compile(r"(\d+)(?:\.\.(\d+))?$")


def issuance(session: Session, world: SimpleNamespace, account: Account, quantity: int, vintage_year: int = 2022) -> Issuance:
    """An issuance to an affected unit with its emissions record, and its minted block.

    The rows are written here and not by the actions of issuance, because erc_tcs is tested for itself, below them.
    """
    number = str(uuid4().int)[:6]
    egu = AffectedEgu(
        plant_name="River Plant", oris_plant_code=number, unit_id="1", state=world.state, unit_class="steam", organisation_id=world.plant_organisation.id,
        account_id=world.compliance_account.id,
    )  # fmt: skip
    session.add(egu)
    session.flush()
    record = EmissionsRecord(
        egu_id=egu.id, issuing_state=world.state, year=vintage_year, co2_lb=Decimal(1), net_generation_mwh=Decimal(quantity),
        reference_rate_lb_per_mwh=Decimal(1), filed_by_id=world.representative.id,
    )  # fmt: skip
    session.add(record)
    session.flush()
    first, last = actions.next_range(session, quantity)
    row = Issuance(
        emissions_record_id=record.id, issuing_state=world.state, vintage_year=vintage_year, creditable_mwh=str(quantity), approved_mwh=str(quantity),
        ercs=quantity, first_sequence=first, last_sequence=last, account_id=account.id, recommended_by_id=world.reviewer.id,
        decided_by_id=world.second_reviewer.id, authority="the agency", reasons="as measured",
    )  # fmt: skip
    session.add(row)
    session.flush()
    minting = actions.Minting(row.id, world.state, vintage_year, egu.code, record.code, quantity, account.id, first)
    actions.mint(session, world.second_reviewer_actor, minting)
    return row


class Ledger:
    """Reads the notation and performs it."""

    def __init__(self, session: Session, world: SimpleNamespace) -> None:
        self.session = session
        self.world = world
        self.accounts: dict[str, Account] = {}
        self.before_first: int | None = None
        self.offer: Offer | None = None
        self.hold: Hold | None = None

    def play(self, story: str) -> None:
        for line in story.strip().splitlines():
            word, _, _rest = line.strip().partition(" ")
            if hasattr(self, f"do_{word}"):
                self.do(line.strip())

    def do(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        act: Callable[[list[str]], None] = getattr(self, f"do_{word}")
        act(rest.split())

    def account(self, name: str) -> Account:
        if name not in self.accounts:
            self.accounts[name] = self._opened(name)
        return self.accounts[name]

    def _opened(self, name: str) -> Account:
        world, by = self.world, self.world.administrator_actor
        if name.startswith("PLANT"):
            return actions.open_account(self.session, by, "compliance", name, world.plant_organisation.id, world.state, "", world.representative.id)
        if name.startswith("STATE"):
            return actions.open_account(self.session, by, "holding", name, world.agency.id, world.state, "Head of the set-aside", None)
        return actions.open_account(self.session, by, "general", name, world.provider_organisation.id, world.state, "", world.provider.id)

    def actor_of(self, account: Account) -> Actor:
        kinds = {"compliance": self.world.representative_actor, "holding": self.world.reviewer_actor}
        found: Actor = kinds.get(account.account_kind, self.world.provider_actor)
        return found

    def sequences(self, word: str) -> tuple[int, int]:
        match = RANGE.match(word)
        assert match is not None, word
        before = self.before_first or 0
        return int(match[1]) + before, int(match[2] or match[1]) + before

    def serials(self, word: str) -> str:
        """The printed serials of a range of this ledger, whoever holds them."""
        first, last = self.sequences(word)
        blocks = queries.blocks_in(self.session, first, last)
        cut = [queries.serial_of(block).between(max(first, block.first_sequence), min(last, block.last_sequence)) for block in blocks]
        return ", ".join(map(str, merge(cut)))

    def chosen(self, word: str) -> tuple[str | None, int | None]:
        return (self.serials(word), None) if ".." in word else (None, int(word))

    def do_issue(self, words: list[str]) -> None:
        quantity, _, name, *vintage = words
        row = issuance(self.session, self.world, self.account(name), int(quantity), int(vintage[1]) if vintage else 2022)
        if self.before_first is None:
            assert row.first_sequence is not None
            self.before_first = row.first_sequence - 1

    def do_transfer(self, words: list[str]) -> None:
        amount, _, sender, _, receiver = words
        here, there = self.account(sender), self.account(receiver)
        actions.transfer(self.session, self.actor_of(here), here.number, there.number, *self.chosen(amount), "sold")

    def do_offer(self, words: list[str]) -> None:
        amount, _, sender, _, receiver = words
        here, there = self.account(sender), self.account(receiver)
        self.offer = actions.offer(self.session, self.actor_of(here), here.number, there.number, *self.chosen(amount), "offered")

    def do_accept(self, words: list[str]) -> None:
        assert self.offer is not None
        actions.accept(self.session, self.actor_of(self.offer.to_account), self.offer.id)

    def do_decline(self, words: list[str]) -> None:
        assert self.offer is not None
        actions.decline(self.session, self.actor_of(self.offer.to_account), self.offer.id, "too many")

    def do_withdraw(self, words: list[str]) -> None:
        assert self.offer is not None
        actions.withdraw(self.session, self.actor_of(self.offer.from_account), self.offer.id, "sold elsewhere")

    def do_retire(self, words: list[str]) -> None:
        amount, _, name = words
        account = self.account(name)
        actions.retire(self.session, self.actor_of(account), account.number, *self.chosen(amount), "for the climate", "the school")

    def do_surrender(self, words: list[str]) -> None:
        amount, _, name = words
        account = self.account(name)
        blocks = actions.take(self.session, account, *self.chosen(amount))
        movement = actions.Movement("surrender", queries.state_account(self.session, self.world.state, "surrender"), purpose="2022–2024")
        actions.move(self.session, self.actor_of(account), movement, blocks)

    def do_hold(self, words: list[str]) -> None:
        order = actions.HoldOrder("a report", uuid4(), self.world.state, "under review")
        self.hold = actions.freeze(self.session, self.world.reviewer_actor, order, [self.sequences(word) for word in words])

    def do_lift(self, words: list[str]) -> None:
        assert self.hold is not None
        actions.unfreeze(self.session, self.world.reviewer_actor, self.hold.id, "nothing found")

    def do_cancel(self, words: list[str]) -> None:
        to = queries.state_account(self.session, self.world.state, "cancellation")
        blocks = actions.seize(self.session, [self.sequences(word) for word in words])
        actions.move(self.session, self.world.second_reviewer_actor, actions.Movement("cancel", to, reason="wrong meter", cause="data"), blocks)

    def do_refuse(self, words: list[str]) -> None:
        kind: type[errors.Refused] = getattr(errors, words[0])
        for name in filter(NAME.match, words[2:]):
            self.account(name)  # Opened before, because what is refused is undone.
        attempt = self.session.begin_nested()
        with pytest.raises(errors.Refused) as refused:
            self.do(" ".join(words[1:]))
        attempt.rollback()
        self.refusal = refused.value
        assert type(self.refusal) is kind, f"{' '.join(words)}: {self.refusal!r}"

    def do_expect(self, words: list[str]) -> None:
        if RANGE.match(words[0]):
            self._expect_serials(words)
            return
        name, quantity, status = words
        kinds = ("surrender", "retirement", "cancellation")
        account = queries.state_account(self.session, self.world.state, name.lower()) if name.lower() in kinds else self.account(name)
        mine = [block for block in queries.blocks_of(self.session, account.id, status) if block.first_sequence > (self.before_first or 0)]
        assert sum(block.quantity for block in mine) == int(quantity), f"expect {' '.join(words)}: {queries.printed(mine)}"

    def _expect_serials(self, words: list[str]) -> None:
        first, last = self.sequences(words[0])
        blocks = queries.blocks_in(self.session, first, last)
        assert {block.status for block in blocks} == {words[1]}, f"expect {' '.join(words)}: {[(str(queries.serial_of(one)), one.status) for one in blocks]}"
        if len(words) > 2:
            assert {block.account_id for block in blocks} == {self.account(words[3]).id}, f"expect {' '.join(words)}"
