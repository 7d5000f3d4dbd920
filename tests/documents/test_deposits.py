"""The rows of documents: versions, sealing, removal, readers, looks (rules 3.15, 3.16, 12.20)."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from app.documents import actions as documents
from app.documents import queries
from app.documents.models import Document
from app.errors import Conflict, Invalid, NotFound
from app.people import Actor
from app.record import events_concerning
from tests import builders


def owner(world: SimpleNamespace, matter_id: UUID | None = None) -> documents.Owner:
    return documents.Owner("application", matter_id or uuid4(), world.provider_organisation.id, (), world.state)


def deposited(session: Session, world: SimpleNamespace, whose: documents.Owner, sealed: bool = False, **more: object) -> Document:
    received = documents.receive_bytes(f"{uuid4()}\n".encode(), "paper.txt")
    return documents.deposit(session, world.provider_actor, whose, received, documents.Label("evidence", "A paper", **more), sealed=sealed)  # type: ignore[arg-type]


def outsider(session: Session, world: SimpleNamespace) -> Actor:
    other = builders.organisation(session, world.administrator_actor, "Other Wind", "provider")
    return Actor.of(builders.person(session, world.administrator_actor, "Otto Other", "provider", other))


def test_a_draft_s_document_is_for_its_owner_and_auditors_until_it_is_submitted(session: Session, world: SimpleNamespace) -> None:
    found = deposited(session, world, owner(world))
    can_read = {name: queries.readable(found, getattr(world, f"{name}_actor")) for name in ("provider", "auditor", "verifier", "reviewer", "administrator")}
    assert can_read == {"provider": True, "auditor": True, "verifier": False, "reviewer": False, "administrator": False}
    assert not queries.readable(found, Actor.public())


def test_what_was_submitted_and_is_not_confidential_is_everybody_s(session: Session, world: SimpleNamespace) -> None:
    found = deposited(session, world, owner(world))
    documents.seal(session, found.matter_id)
    assert queries.readable(found, Actor.public())
    assert queries.readable(found, world.administrator_actor)


@pytest.mark.rule("3.15")
def test_a_confidential_document_is_for_its_readers_the_state_s_reviewers_and_auditors_only(session: Session, world: SimpleNamespace) -> None:
    found = deposited(session, world, owner(world), confidential=True)
    documents.seal(session, found.matter_id)
    names = ("provider", "auditor", "reviewer", "verifier", "administrator", "representative")
    can_read = {name: queries.readable(found, getattr(world, f"{name}_actor")) for name in names}
    assert can_read == {"provider": True, "auditor": True, "reviewer": True, "verifier": False, "administrator": False, "representative": False}
    assert not queries.readable(found, Actor.public())
    assert not queries.readable(found, outsider(session, world))


@pytest.mark.rule("3.15")
def test_the_reviewers_of_another_state_do_not_read_a_confidential_document(session: Session, world: SimpleNamespace) -> None:
    found = deposited(session, world, owner(world), confidential=True)
    documents.seal(session, found.matter_id)
    assert not queries.readable(found, replace(world.reviewer_actor, state="WI", organisation_id=uuid4()))


@pytest.mark.rule("1.3")
def test_an_administrator_reads_nothing_confidential_even_in_the_owner_s_house(session: Session, world: SimpleNamespace) -> None:
    found = deposited(session, world, owner(world), confidential=True)
    documents.seal(session, found.matter_id)
    assert not queries.readable(found, replace(world.administrator_actor, organisation_id=world.provider_organisation.id))


def test_an_admitted_verifier_reads_until_it_is_dismissed(session: Session, world: SimpleNamespace) -> None:
    found = deposited(session, world, owner(world), confidential=True)
    documents.admit_reader(session, found.matter_id, world.verification_body.id)
    assert queries.visible(session, world.verifier_actor, found.matter_id) == [found]
    documents.dismiss_reader(session, found.matter_id, world.verification_body.id)
    assert queries.visible(session, world.verifier_actor, found.matter_id) == []


@pytest.mark.rule("3.16")
def test_a_document_can_be_removed_from_a_draft_and_never_after_submission(session: Session, world: SimpleNamespace) -> None:
    whose = owner(world)
    first, second = deposited(session, world, whose), deposited(session, world, whose)
    documents.remove(session, first)
    assert queries.documents_of(session, whose.matter_id) == [second]
    with pytest.raises(NotFound):
        queries.document(session, first.id)
    documents.seal(session, whose.matter_id)
    with pytest.raises(Conflict) as refused:
        documents.remove(session, second)
    assert refused.value.rule == "3.16"
    assert first.sealed_at is None


@pytest.mark.rule("12.20")
def test_a_submitted_document_is_kept_at_least_as_long_as_the_state_keeps_its_records(session: Session, world: SimpleNamespace) -> None:
    found = deposited(session, world, owner(world), sealed=True)
    assert found.sealed_at is not None
    assert found.retain_until is not None
    assert found.retain_until >= date(found.sealed_at.year + 5, 12, 31)


def test_sealing_again_changes_nothing(session: Session, world: SimpleNamespace) -> None:
    found = deposited(session, world, owner(world), sealed=True)
    at = found.sealed_at
    documents.seal(session, found.matter_id)
    assert found.sealed_at == at


@pytest.mark.rule("3.16")
def test_a_new_version_is_linked_to_the_old_one_in_a_line(session: Session, world: SimpleNamespace) -> None:
    whose = owner(world)
    first = deposited(session, world, whose)
    second = deposited(session, world, whose, supersedes_id=first.id)
    third = deposited(session, world, replace(whose, matter_id=uuid4()), supersedes_id=second.id)
    for one in (first, second, third):
        assert queries.versions(session, one) == [first, second, third]
    with pytest.raises(Invalid) as refused:
        deposited(session, world, whose, supersedes_id=first.id)
    assert "supersedes_id" in refused.value.fields
    assert queries.superseded_ids([first, second, third]) == {first.id, second.id}


def test_nobody_replaces_or_copies_another_organisation_s_document(session: Session, world: SimpleNamespace) -> None:
    found = deposited(session, world, owner(world), confidential=True)
    theirs = documents.Owner("application", uuid4(), world.plant_organisation.id)
    for field in ("supersedes_id", "redacted_copy_of_id"):
        with pytest.raises(Invalid) as refused:
            deposited(session, world, theirs, **{field: found.id})
        assert list(refused.value.fields) == [field]


@pytest.mark.rule("3.15")
def test_a_public_copy_and_its_confidential_document_are_linked_both_ways(session: Session, world: SimpleNamespace) -> None:
    whose = owner(world)
    full = deposited(session, world, whose, confidential=True)
    copy = deposited(session, world, whose, redacted_copy_of_id=full.id)
    documents.seal(session, whose.matter_id)
    page = queries.page(session, world.reviewer_actor, copy.id)
    assert page["redacted_copy_of"] is full
    assert queries.page(session, world.reviewer_actor, full.id)["redacted_copies"] == [copy]
    seen = queries.page(session, Actor.public(), copy.id)
    assert seen["is_redacted_copy"] is True
    assert seen["redacted_copy_of"] is None
    with pytest.raises(Invalid):
        deposited(session, world, whose, redacted_copy_of_id=copy.id)
    with pytest.raises(Invalid):
        deposited(session, world, whose, redacted_copy_of_id=full.id, confidential=True)


@pytest.mark.parametrize("heading", ["", " \u200b ", "x" * 301])
def test_a_document_needs_a_title_that_can_be_read(session: Session, world: SimpleNamespace, heading: str) -> None:
    received = documents.receive_bytes(b"words\n", "paper.txt")
    with pytest.raises(Invalid) as refused:
        documents.deposit(session, world.provider_actor, owner(world), received, documents.Label("evidence", heading))
    assert "heading" in refused.value.fields


def test_a_title_is_shown_without_what_turns_it_around(session: Session, world: SimpleNamespace) -> None:
    received = documents.receive_bytes(b"words\n", "paper.txt")
    found = documents.deposit(session, world.provider_actor, owner(world), received, documents.Label("evidence", "Plan\u202e of\r\n2022\x07"))
    assert found.heading == "Plan of 2022"


def test_a_kind_that_is_not_known_is_refused(session: Session, world: SimpleNamespace) -> None:
    received = documents.receive_bytes(b"words\n", "paper.txt")
    with pytest.raises(Invalid) as refused:
        documents.deposit(session, world.provider_actor, owner(world), received, documents.Label("poem", "A poem"))
    assert "document_kind" in refused.value.fields


def test_each_look_at_a_confidential_document_is_an_event_that_does_not_tell_its_title(session: Session, world: SimpleNamespace) -> None:
    found = deposited(session, world, owner(world), confidential=True)
    documents.look(session, world.auditor_actor, found.id)
    documents.look(session, world.auditor_actor, found.id)
    events = events_concerning(session, found.id)
    assert [event.action for event in events] == ["document.look", "document.look"]
    assert found.heading not in str(events[0].leaf)
    assert queries.looks(session, world.auditor_actor, found) == events
    assert queries.looks(session, world.reviewer_actor, found) is None


def test_a_look_at_a_public_document_is_no_event(session: Session, world: SimpleNamespace) -> None:
    found = deposited(session, world, owner(world), sealed=True)
    documents.look(session, Actor.public(), found.id)
    assert events_concerning(session, found.id) == []


def test_who_may_not_read_is_told_what_everybody_is_told_of_nothing(session: Session, world: SimpleNamespace) -> None:
    found = deposited(session, world, owner(world), confidential=True)
    with pytest.raises(NotFound) as theirs:
        documents.look(session, world.administrator_actor, found.id)
    with pytest.raises(NotFound) as nothing:
        documents.look(session, world.administrator_actor, uuid4())
    assert (theirs.value.words, theirs.value.what_to_do) == (nothing.value.words, nothing.value.what_to_do)
