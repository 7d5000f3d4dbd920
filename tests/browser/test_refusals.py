"""A refusal says in words what is wrong and what to do, and gives the form back with everything that was typed (rule 8.4 and section 10 of the design).

Each row of REFUSALS is provoked in the browser: who, on which page, does what, and reads which words.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from app.people import Role
from tests.browser.people import Person
from tests.builders import PASSWORD

Stage = SimpleNamespace
Said = str | Callable[[Stage], str]
METER_TROUBLE = "meter_id,month,generation_mwh\nM1,2022-01,10\nM1,2022-13,10\nM1,2022-01,20\nM1,2031-02,5\n,2022-03,1e5\n"
METER_GOOD = "meter_id,month,generation_mwh\nM1,2022-01,10\nM1,2022-02,11\n"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + b"\x00" * 200


@dataclass(frozen=True)
class Refusal:
    """What somebody does, and what the page says. `file` is (label, name, content)."""

    name: str
    who: str
    page: Said
    words: Sequence[Said]
    typed: Mapping[str, Said] = field(default_factory=dict)
    chosen: Mapping[str, Said] = field(default_factory=dict)
    answered: Mapping[str, str] = field(default_factory=dict)
    ticked: Sequence[str] = ()
    file: tuple[str, str, bytes | str] | None = None
    file_kept: bool = True
    rule: str = ""


def transfer(name: str, words: Sequence[Said], rule: str = "11.1", *, signed: bool = True, **typed: Said) -> Refusal:
    """A transfer from the provider's general account, to the power plant unless another number is typed."""
    plant: Callable[[Stage], str] = lambda stage: stage.world.compliance_account.number  # noqa: E731
    fields: dict[str, Said] = {"Receiving account": typed.get("to", plant), "Reason or reference": "Contract 9"}
    fields |= {"Serials": typed["serials"]} if "serials" in typed else {}
    fields |= {"How many": typed["quantity"]} if "quantity" in typed else {}
    ticked = ("I sign this statement.",) if signed else ()
    path = lambda stage: f"{stage.world.general_account.path}/transfer"  # noqa: E731
    return Refusal(name, "provider", path, words, fields, ticked=ticked, rule=rule)


def wrong_resource(serial: str) -> str:
    """The serial with another resource's code."""
    return re.sub(r"-R\d{6}-", "-R999999-", serial)


SIGNING_IN = (
    Refusal(
        "a wrong password", "public", "/sign-in",
        ["The e-mail address or the password is not right.", "ask for a new password"],
        {"E-mail address": "nobody@example.org", "Password": "not this one at all"}, rule="1.19",
    ),
    Refusal(
        "a password that is too short", "public", lambda stage: f"/invitations/{stage.invitation}",
        ["This password cannot be used.", "12 characters"], {"Password": "short"}, ticked=("I accept this agreement.",), rule="1.19",
    ),
    Refusal(
        "an agreement that is not accepted", "public", lambda stage: f"/invitations/{stage.invitation}",
        ["The electronic-signature agreement is not accepted.", "Tick the box to accept the agreement."], {"Password": PASSWORD}, rule="1.22",
    ),
)  # fmt: skip

HOUSE = (
    Refusal(
        "an address that is none", "administrator", "/people/new", ["name@example.org"],
        {"Name": "Ina Invited", "E-mail address": "ina at example"}, {"Organisation": "Prairie Wind"}, ticked=("Provider",), rule="1.22",
    ),
    Refusal(
        "somebody known already", "administrator", "/people/new", ["Somebody with this e-mail address is already known."],
        {"Name": "Pat Provider", "E-mail address": lambda stage: stage.world.provider.email}, {"Organisation": "Prairie Wind"}, ticked=("Provider",),
    ),
    Refusal(
        "a reviewer in a provider's house", "administrator", "/people/new", ["A reviewer belongs to an organisation of the kind state"],
        {"Name": "Ina Invited", "E-mail address": "ina@example.org"}, {"Organisation": "Prairie Wind"}, ticked=("Reviewer",), rule="1.3",
    ),
    Refusal(
        "an organisation that is there already", "administrator", "/organisations/new",
        ["An organisation of this name is already known.", "add the town to the name"],
        {"Name": lambda stage: stage.world.provider_organisation.name, "State": "MN", "Address": "1 Main Street"}, ticked=("provider",),
    ),
    Refusal(
        "a private account for which nobody acts", "administrator", "/accounts/new",
        ["Name the person who acts for the account."],
        {"Name of the account": "Lonely", "State of the programme": "MN"}, {"Holder": "Prairie Wind"}, ticked=("General",), rule="1.15",
    ),
    Refusal(
        "a plant code that is none", "administrator", "/affected-egus/new", ["The plant (ORIS) code is a number of up to six digits."],
        {"Compliance account": lambda stage: stage.world.compliance_account.number, "Plant": "River Plant", "Plant (ORIS) code": "sixty", "Unit id": "4"},
        ticked=("Steam",), rule="1.12",
    ),
    Refusal("a token without a name", "provider", "/me/tokens", ["What it is for"], {"Last day": "2030-01-01"}),
)  # fmt: skip

APPLYING = (
    Refusal(
        "a resource without a type", "provider", "/applications/new", ["Choose the type."],
        {"Name of the resource": "Quiet Wind"}, rule="3.2",
    ),
    Refusal(
        "a capacity in words", "provider", lambda stage: f"{stage.story.draft.path}/facts/generator", ["Nameplate capacity", "number"],
        {"Nameplate capacity": "a hundred", "Generator": "W1", "Prime mover": "<b>Ten</b> turbines"}, rule="3.2",
    ),
    Refusal(
        "a paper whose kind is not said", "provider", lambda stage: f"{stage.story.draft.path}/documents", ["Say what kind of document it is."],
        {"Title": "A letter of the utility"}, file=("File", "letter.txt", "The turbines are connected.\n"), rule="3.3",
    ),
    Refusal(
        "a program that is named like a PDF", "provider", lambda stage: f"{stage.story.draft.path}/documents",
        ["“permit.pdf”: it is a program.", "Programs are never taken."],
        {"Title": "The permit"}, {"Kind": "Other evidence"}, file=("File", "permit.pdf", PROGRAM), file_kept=False, rule="14.5",
    ),
    Refusal(
        "a file whose ending is not taken", "provider", lambda stage: f"{stage.story.draft.path}/documents",
        ["“_img src=x onerror=alert(1)_.exe” ends in .exe, which is not taken.", "Save it as PDF"],
        {"Title": "<script>alert(1)</script>"}, {"Kind": "Other evidence"},
        file=("File", "<img src=x onerror=alert(1)>.exe", b"nothing"), file_kept=False,
    ),
    Refusal(
        "a web page that is named like a text", "provider", lambda stage: f"{stage.story.draft.path}/documents",
        ["it is a web page", "Print it to PDF"], {"Title": "A page"}, {"Kind": "Other evidence"},
        file=("File", "page.txt", "<!doctype html><script>alert(1)</script>"), file_kept=False,
    ),
    Refusal(
        "an empty file", "provider", lambda stage: f"{stage.story.draft.path}/documents", ["“empty.csv” is empty."],
        {"Title": "Nothing"}, {"Kind": "Other evidence"}, file=("File", "empty.csv", b""), file_kept=False,
    ),
    Refusal(
        "no verifier chosen", "provider", lambda stage: f"{stage.story.draft.path}/engagement", ["Choose a verification body."],
        {"Report needed by": "2030-05-04"}, rule="3.6",
    ),
    Refusal(
        "a submission that is not certified", "provider", lambda stage: f"{stage.verified.path}/submission",
        ["The certification is not given.", "Tick the box to certify the submission."], rule="1.16",
    ),
)  # fmt: skip

VERIFYING = (
    Refusal(
        "an attestation with a question left open", "verifier", lambda stage: f"{stage.story.engagement.path}/acceptance",
        ["Answer"], {"Others who take part": "Olaf Outside"}, ticked=("Vera Verifier", "I sign this for"), rule="6.7",
    ),
    Refusal(
        "declining without a word", "verifier", lambda stage: f"{stage.story.engagement.path}/declining", ["Why"], rule="6.8",
    ),
    Refusal(
        "a verification without findings", "verifier", lambda stage: f"{stage.accepted.path}/verification",
        ["answers are missing.", "Say whether it holds", "Say what you found on", "Answer what is marked, then sign again."],
        {"The opinion in words": "All is well.", "Documents and sites reviewed": "The ridge"},
        ticked=("Positive", "I attest this for the body", "I sign this"), rule="6.2",
        file=("Your own signed report, if you have one", "own.txt", "Our report."),
    ),
    Refusal(
        "a verification that is not signed", "verifier", lambda stage: f"{stage.accepted_report.path}/verification",
        ["Sign the statement on conflicts of interest (programme rule 6.4).", "Sign the statement on the report (programme rule 6.5).", "Say what you found"],
        {"In words": "All is well.", "Verified MWh": "9.5"}, ticked=("Positive",), rule="6.2",
    ),
)  # fmt: skip

REVIEWING = (
    Refusal("a return without reasons", "reviewer", lambda stage: f"{stage.under_review.path}/return", ["Give the reasons."]),
    Refusal(
        "a denial without a ground", "reviewer", lambda stage: f"{stage.under_review.path}/denial",
        ["Choose at least one ground."], {"Reasons": "It does not meet the test."}, rule="8.6",
    ),
    Refusal("an empty note", "reviewer", lambda stage: f"{stage.under_review.path}/notes", ["Write the note."]),
    Refusal(
        "a decision by who recommended", "reviewer", lambda stage: f"{stage.story.recommended.path}/approval",
        ["You recommended this; a second person must decide.", "Ask another reviewer to decide."], {"Reasons": "I agree with myself."}, rule="8.8",
    ),
    Refusal(
        "a decision on what has changed", "second_reviewer", lambda stage: f"{stage.changed.path}/approval",
        ["Something changed since the recommendation", "recommend again"], {"Reasons": "As recommended."}, rule="8.8",
    ),
    Refusal(
        "more MWh than were recommended", "second_reviewer", lambda stage: f"{stage.recommended_report.path}/issuance",
        ["At most 10 MWh."], {"Reasons": "A little more."} | {"Approve only a part": "11"}, rule="6.6",
    ),
    Refusal(
        "a rejection without a ground", "reviewer", lambda stage: f"{stage.story.open_report.path}/rejection",
        ["round"], {"Reasons": "The meter was off."}, rule="8.6",
    ),
    Refusal("a hold without reasons", "reviewer", lambda stage: f"{stage.story.report.path}/hold", ["Give the reasons."], rule="13.2"),
    Refusal(
        "a cancellation of another report's ERCs", "reviewer", lambda stage: f"{stage.story.report.path}/cancellation",
        ["Only serials of this report can be cancelled here.", "Name serials within"],
        {"Invalid serials": lambda stage: stage.story.held_serials, "Reasons": "The meter was off."},
        ticked=("Error in the data",), rule="13.3",
    ),
    Refusal(
        "a cancellation without a cause", "reviewer", lambda stage: f"{stage.story.report.path}/cancellation",
        ["Choose the cause."], {"Or: how many of the last ones": "3", "Reasons": "The meter was off."}, rule="13.4",
    ),
)  # fmt: skip

REPORTING = (
    Refusal(
        "a period that ends before it begins", "provider", lambda stage: f"/resources/{stage.resource.id}/mv-reports/new",
        ["The period ends on January 1, 2021, before it starts on December 31, 2021."], {"First day": "2021-12-31", "Last day": "2021-01-01"}, rule="5.1",
    ),
    Refusal(
        "a meter file with problems", "provider", lambda stage: f"{stage.draft_report.path}/readings",
        ["The file has 5 problems; nothing of it was taken.", "Line 3", "2022-13", "Line 4", "already, on line 2", "Line 5", "outside the report's period",
         "Line 6", "scientific notation"],
        {"Total that you expect": "45"}, file=("CSV file", "meter.csv", METER_TROUBLE), rule="5.4",
    ),
    Refusal(
        "a typed total that differs", "provider", lambda stage: f"{stage.draft_report.path}/readings",
        ["The total typed is 22 MWh; the 2 rows of the file add up to 21 MWh."],
        {"Total that you expect": "22"}, file=("CSV file", "meter.csv", METER_GOOD), rule="5.4",
    ),
    Refusal(
        "a report that is not certified", "provider", lambda stage: f"{stage.verified_report.path}/submission",
        ["The certification is not given."], rule="1.16",
    ),
)  # fmt: skip

MOVING = (
    transfer("an account number with a wrong digit", ["check digits"], to=lambda stage: slipped(stage.world.compliance_account.number), quantity="1"),
    transfer(
        "a serial whose resource is another one", [lambda stage: f"the serial with this sequence is {stage.story.piece(61, 61)}"], "9.6",
        serials=lambda stage: wrong_resource(stage.story.piece(61, 61)),
    ),
    transfer("words that are no serial", ["is not a serial number", "One ERC or a range looks like MN-2022-R000123"], "9.6", serials="ten of the best"),
    transfer(
        "ERCs that are retired", ["they are retired and cannot be used again", "Nothing was moved."], "11.7", serials=lambda stage: stage.story.piece(41, 42)
    ),
    transfer("more than there are", ["free to move"], "11.2", quantity="1,000,000"),
    transfer("a transfer that is not signed", ["a movement without it is not recorded"], "1.16", signed=False, quantity="1"),
    transfer("nothing chosen", ["Name serials, or say how many."], "11.3"),
    transfer("serials and another number", ["The serials name 2 ERCs, the quantity says 3."], serials=lambda stage: stage.story.piece(61, 62), quantity="3"),
    Refusal(
        "a retirement for nobody", "provider", lambda stage: f"{stage.world.general_account.path}/retirement",
        ["Say for whom or for what they are retired; it is public."], {"How many": "1", "Why they are retired": "Our footprint"},
        ticked=("I sign this statement.",), rule="1.6",
    ),
    Refusal(
        "a vintage that is too late", "representative", lambda stage: f"{stage.story.egu.path}/surrender",
        ["cannot be used for 2022–2024: there is no borrowing.", "Vintage 2024 or earlier is needed."],
        {"Serials": lambda stage: stage.late_serials}, {"Compliance period": "2022"}, rule="12.8",
    ),
    Refusal(
        "a record that is not certified", "representative", lambda stage: f"{stage.story.egu.path}/emissions-records/new",
        ["The certification is not given.", "Tick the box to certify."],
        {"Year": "2024", "CO2": "1000", "Net generation, useful thermal output included": "900", "Where the figures come from": "Part 75"},
        file=("Evidence", "part75.csv", "hour,lb\n1,2\n"), rule="1.16",
    ),
    Refusal(
        "evidence that is a program", "representative", lambda stage: f"{stage.story.egu.path}/emissions-records/new",
        ["“part75.csv”: it is a program."],
        {"Year": "2024", "CO2": "1000", "Net generation, useful thermal output included": "900", "Where the figures come from": "Part 75"},
        file=("Evidence", "part75.csv", PROGRAM), file_kept=False,
    ),
)  # fmt: skip

REFUSALS = (*SIGNING_IN, *HOUSE, *APPLYING, *VERIFYING, *REVIEWING, *REPORTING, *MOVING)


def slipped(number: str) -> str:
    """The account number with one digit wrong."""
    letters, digits, check = number.split("-")
    return f"{letters}-{digits[:-1]}{(int(digits[-1]) + 1) % 10}-{check}"


def spoken(said: Said, stage: Stage) -> str:
    return said(stage) if callable(said) else said


def do(person: Person, told: Refusal, stage: Stage) -> None:
    """Type, choose, tick, attach and send, as the row says."""
    for label, option in told.chosen.items():
        person.chooses(label, spoken(option, stage))
    for question, answer in told.answered.items():
        person.answers(question, answer)
    for label in told.ticked:
        person.ticks(label)
    for label, words in told.typed.items():
        person.types(label, spoken(words, stage))
    if told.file:
        person.brings(*told.file)
    person.sends()


def still_there(person: Person, told: Refusal, stage: Stage) -> None:
    """Everything that was typed, chosen, ticked and attached stands there still; a password never does."""
    for label, words in told.typed.items():
        person.still_reads(label, "" if label == "Password" else spoken(words, stage))
    for label, option in told.chosen.items():
        expect(person.field(label).locator("option:checked")).to_contain_text(spoken(option, stage))
    for label in told.ticked:
        ticked = person.page.locator("label", has_text=label).first.get_attribute("for")
        expect(person.page.locator(f"#{ticked}")).to_be_checked()
    if told.file and told.file_kept:
        person.sees(f"Your file {told.file[1]} is kept from the last attempt")


def test_there_are_thirty_different_ones_with_something_typed_in_every_domain_and_for_every_role() -> None:
    typed = [told for told in REFUSALS if told.typed or told.chosen or told.ticked or told.file]
    assert len({told.name for told in typed}) >= 30
    assert len({(told.name, told.who) for told in REFUSALS}) == len(REFUSALS)
    assert {str(role) for role in Role} - {"auditor"} <= {told.who for told in REFUSALS}


@pytest.mark.rule("8.4")
@pytest.mark.parametrize("told", REFUSALS, ids=[told.name for told in REFUSALS])
def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(told: Refusal, signed_in: Callable[[str], Person], stage: Stage) -> None:
    person = signed_in(told.who).opens(spoken(told.page, stage))
    do(person, told, stage)
    person.reads_refusal(*(spoken(words, stage) for words in told.words))
    still_there(person, told, stage)


@pytest.mark.rule("1.16")
def test_a_kept_file_goes_with_the_corrected_form(signed_in: Callable[[str], Person], stage: Stage) -> None:
    person = signed_in("provider").opens(f"{stage.story.draft.path}/documents")
    person.brings("File", "survey.txt", "Survey of the site.\n").types("Title", "Survey").sends().reads_refusal("Say what kind of document it is.")
    person.chooses("Kind", "Other evidence").sends().sees("Attached.", "Survey")
