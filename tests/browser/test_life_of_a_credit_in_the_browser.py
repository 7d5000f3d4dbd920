"""The life of one credit as its people live it: every click and every typed word, from the invitation to the trace of a cancelled ERC.

The tests stand in the order of the story and hand it on; each one is one person's part.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import ExitStack
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import text

from app import db
from app.eligibility import queries as eligibility_queries
from tests import builders_matters as matters
from tests.browser.people import Person, at_browser, axe
from tests.builders import PASSWORD

rule = pytest.mark.rule
METER = "meter_id,month,generation_mwh\n" + "".join(f"M1,2022-{month:02d},{mwh}\n" for month, mwh in enumerate(("100.2", *["0"] * 10, '"1,100.3"'), 1))
ANSWERS = {
    "Who answers questions": "Nora Newcomer",
    "E-mail": "nora@example.org",
    "What it is and does": "Forty turbines on the ridge.",
    "Owner": "Ridge Line Wind",
    "State where it is": "MN",
    "ORIS plant code": "60321",
    "Generator": "WT1",
    "Nameplate capacity": "100.5",
    "Installed or implemented on": "2015-06-01",
    "Expected in a year": "300,000",
    "Life of the programme or project": "20",
}


@pytest.fixture(scope="module")
def life(browser: Browser, site: str, world: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """The people of the story, each at a browser of their own that stays open; consoles must stay silent to the end."""
    with ExitStack() as leaving:

        def arrives(name: str) -> Person:
            return leaving.enter_context(at_browser(browser, site, name))

        with db.writing() as session:
            egu = matters.affected_egu(session, world, "7")
        staff = {name: arrives(name).signs_in(getattr(world, name)) for name in ("administrator", "verifier", "reviewer", "second_reviewer", "representative")}
        yield SimpleNamespace(world=world, egu=egu, arrives=arrives, public=arrives("the public"), provider=arrives("the provider"), **staff)


def mailed(email: str) -> str:
    """The words of the last mail to this address, as they wait to be sent."""
    with db.reading() as session:
        words = session.scalar(
            text("SELECT args->>'words' FROM procrastinate_jobs WHERE task_name = 'send_mail' AND args->>'to' = :to ORDER BY id DESC LIMIT 1"), {"to": email}
        )
    return str(words)


@rule("1.19")
@rule("1.22")
def test_the_administrator_invites_a_provider_who_accepts_by_the_link(life: SimpleNamespace) -> None:
    admin = life.administrator
    admin.opens("/organisations").follows("Add an organisation")
    admin.types("Name", "Ridge Line Wind").ticks("provider").types("State", "MN").presses("Add the organisation").sees("Ridge Line Wind")
    admin.opens("/people").follows("Invite a person")
    admin.types("Name", "Nora Newcomer").types("E-mail address", "nora@example.org").chooses("Organisation", "Ridge Line Wind").ticks("Provider")
    admin.presses("Send the invitation").sees("Nora Newcomer")
    (link,) = re.findall(r"/invitations/\S+", mailed("nora@example.org"))
    nora = life.provider
    nora.opens(link).sees("Welcome, Nora Newcomer")
    nora.types("Password", PASSWORD).ticks("I accept this agreement.").presses("Accept the invitation").sees("Welcome, Nora Newcomer. Sign in")
    nora.types("E-mail address", "nora@example.org").types("Password", PASSWORD).presses("Sign in").sees("My work")


@rule("1.9")
def test_the_administrator_opens_an_account_for_the_provider(life: SimpleNamespace) -> None:
    admin = life.administrator
    admin.opens("/accounts/new").ticks("General").types("Name of the account", "Ridge Line general").chooses("Holder", "Ridge Line Wind")
    admin.chooses("Primary representative", "Nora Newcomer").presses("Open the account").sees("The account is open.")
    life.account = life.provider.opens("/").page.get_by_role("link", name=re.compile("GA-")).first.inner_text()


@rule("3.2")
@rule("3.5")
def test_the_provider_fills_in_the_application_and_the_emv_plan(life: SimpleNamespace) -> None:
    nora = life.provider.opens("/").follows("Apply for a resource")
    nora.types("Name of the resource", "Ridge Line Wind Farm").chooses("Type", "(WND)").presses("Begin the application").sees("Begun.")
    life.application = nora.path.removesuffix("/facts")
    nora.sees("7 of 12", "Missing: Installed or implemented on").follows("Who answers questions")
    for section in eligibility_queries.APPLICATION_FORM:
        if asked := section.asked_of("WND"):
            answer_section(nora, section.legend, [field.label for field in asked])
    nora.sees("Every section is complete.").follows("Where it is and whose it is").still_reads("ORIS plant code", "60321")
    nora.follows("All sections").follows("Go on with: EM&V plan")
    for section in eligibility_queries.PLAN_FORM:
        if asked := section.asked_of("WND"):
            nora.follows(section.legend)
            for field in asked:
                if field.is_needed_by("WND"):
                    nora.types(field.label, "12" if field.kind == "number" else "By the revenue meter, read each month.")
            nora.presses("Save and return later").sees("Saved.")
    nora.sees("Every section is complete.")


def answer_section(nora: Person, legend: str, labels: list[str]) -> None:
    """Answer what the section asks of a wind farm, and go on to the next one."""
    expect(nora.page.locator("h1")).to_contain_text(legend)
    for label in labels:
        if label in ANSWERS:
            nora.types(label, ANSWERS[label])
        elif label in ("Connected to the grid", "Output is measured by a revenue-quality meter"):
            nora.answers(label, "Yes")
        elif label.startswith(("This application went to this programme only", "We consent")):
            nora.ticks(label)
    nora.presses("Save and go on").sees("Saved.")


@rule("3.3")
@rule("14.5")
def test_the_provider_attaches_papers_until_the_checklist_is_empty(life: SimpleNamespace) -> None:
    nora = life.provider.opens(f"{life.application}/documents").sees("Still missing")
    for kind, title in (("Proof of installation date", "Commissioning certificate"), ("Interconnection proof", "Interconnection agreement")):
        nora.brings("File", f"{title}.txt", f"{title} of the farm.\n", "text/plain").chooses("Kind", kind).types("Title", title)
        nora.presses("Attach").sees("Attached.", title)
    nora.sees("Still missing: 1 item", "The report of an accredited independent verifier.")


@rule("3.6")
@rule("6.10")
def test_the_provider_engages_a_verifier_who_attests_and_accepts(life: SimpleNamespace) -> None:
    nora = life.provider.opens(f"{life.application}/engagement")
    nora.chooses("Verification body", life.world.verification_body.name).sends().sees("The verifier is asked")
    accept_engagement(life, "Ridge Line Wind Farm")
    life.verifier.opens(life.application).sees("Ridge Line Wind Farm", "Commissioning certificate")


def accept_engagement(life: SimpleNamespace, matter: str) -> None:
    vera = life.verifier.opens("/")
    vera.leaves_by(vera.page.get_by_role("row").filter(has_text=matter).filter(has_text="Asked").get_by_role("link").first)
    vera.leaves_by(vera.page.get_by_role("link", name=re.compile("ccept")).first).arrives("/acceptance")
    vera.ticks(life.world.verifier.name)
    for question in vera.page.locator("form.form fieldset:has(input[type=radio])").all():
        question.locator("label", has_text=re.compile(r"^\s*No")).click()
    vera.ticks("I sign this for").presses("Sign and accept").sees("Signed and accepted")


@rule("6.2")
@rule("6.4")
def test_the_verifier_examines_every_criterion_and_signs(life: SimpleNamespace) -> None:
    vera = life.verifier.opens(f"{life.application}/verification")
    find_everything_in_order(vera)
    vera.types("The opinion in words", "In our opinion the resource is eligible and the plan is sound.")
    vera.ticks("I attest this for the body").ticks("I sign this").sends().sees("Your report is given")


def find_everything_in_order(vera: Person) -> None:
    page = vera.page
    for label in page.locator("form.form label", has_text=re.compile(r"^\s*It holds")).all():
        label.click()
    for words in page.locator("form.form textarea[name$=-words]").all():
        words.fill("Seen on site and in the papers.")
    vera.ticks("Positive")


@rule("1.16")
@rule("8.1")
def test_the_provider_certifies_and_submits(life: SimpleNamespace) -> None:
    nora = life.provider.opens(life.application).sees("Verified")
    nora.opens(f"{life.application}/submission").ticks("I certify this").sends().sees("Submitted. The state reviews it")
    life.public.opens(life.application).sees("Ridge Line Wind Farm", "Submitted")


@rule("8.2")
@rule("8.8")
def test_a_reviewer_takes_it_from_the_queue_and_recommends_and_a_second_one_approves(life: SimpleNamespace) -> None:
    rita = life.reviewer.opens("/queue")
    rita.leaves_by(rita.page.get_by_role("row").filter(has_text="Ridge Line").get_by_role("link").first).arrives(life.application)
    rita.presses("Take up for review").sees("You hold the claim.")
    axe(rita.page)
    rita.opens(f"{life.application}/recommendation").types("Reasons", "Every test is passed.").sends().sees("Recommended")
    rita.opens(f"{life.application}/approval").types("Reasons", "I decide alone.").sends().reads_refusal("a second person must decide")
    sam = life.second_reviewer.opens("/queue").sees("Ridge Line")
    sam.opens(f"{life.application}/approval").types("Reasons", "We agree.").sends().sees("Approved")
    life.public.opens(life.application).sees("We agree.")


@rule("5.1")
@rule("5.4")
def test_the_provider_files_an_mv_report_with_a_meter_file(life: SimpleNamespace) -> None:
    nora = life.provider.opens(life.application)
    nora.leaves_by(nora.page.get_by_role("link", name=re.compile("Ridge Line Wind Farm")).first).arrives("/resources/[^/]+")
    life.resource = nora.path
    nora.opens(f"{life.resource}/mv-reports/new").types("First day", "2022-01-01").types("Last day", "2022-12-31").sends()
    life.report = nora.path.removesuffix("/facts")
    nora.opens(f"{life.report}/facts")
    nora.types("How each method of the approved EM&V plan was applied", "As the plan says, by the revenue meter.")
    nora.chooses("Where the data of the meters come from", "The operator of the grid or control area, in settlement")
    nora.types("Who read the meters and sent the data", "The grid operator")
    nora.types("First report: papers that show the resource installed as described", "The commissioning certificate")
    nora.ticks("The resource stayed eligible").ticks("The MWh are used in no other programme")
    nora.sends().sees("Saved.")
    nora.opens(f"{life.report}/readings").brings("CSV file", "meter.csv", METER, "text/csv").types("Total that you expect", "1,200.5")
    nora.sends().sees("Attached; every row was read.", "1,200.5")


@rule("6.6")
def test_the_mv_report_is_verified_certified_and_recommended(life: SimpleNamespace) -> None:
    nora = life.provider.opens(f"{life.report}/engagement")
    nora.chooses("Verification body", life.world.verification_body.name)
    nora.sends().sees("Asked; the body is told.")
    accept_engagement(life, "Ridge Line Wind Farm")
    vera = life.verifier.opens(f"{life.report}/verification")
    find_everything_in_order(vera)
    vera.types("Verified MWh", "1,200.5").types("In words", "The MWh are those of the meter, used in no other plan.")
    vera.ticks("This is so, and I sign").ticks("This is so").sends().sees("Verified")
    nora.opens(f"{life.report}/submission").ticks("I certify this").sends().sees("Submitted; the state is told.")
    rita = life.reviewer.opens(life.report).presses("Take up for review")
    rita.opens(f"{life.report}/recommendation").types("Reasons", "The meters add up.")
    rita.sends().sees("Recommended; a second reviewer decides.")


@rule("9.1")
@rule("9.4")
def test_the_second_reviewer_decides_and_the_ercs_are_in_the_providers_account(life: SimpleNamespace) -> None:
    sam = life.second_reviewer.opens(f"{life.report}/issuance").sees("1,200")
    sam.types("Reasons", "As recommended.").presses("Decide and issue the ERCs").sees("Decided; the ERCs are in the provider's account.")
    nora = life.provider.opens(f"/accounts/{life.account}").sees("1,200")
    found = re.search(r"(MN-2022-R\d+-M\d+)-(\d+)\.\.\d+", nora.text)
    assert found
    life.stem, life.first = found[1], int(found[2])


def serials(life: SimpleNamespace, first: int, last: int) -> str:
    """Serials of the story, the first one being 1."""
    start = f"{life.stem}-{life.first + first - 1:09d}"
    return start if first == last else f"{start}..{life.first + last - 1:09d}"


@rule("11.1")
def test_the_provider_transfers_a_part_to_the_power_plant(life: SimpleNamespace) -> None:
    nora, plant = life.provider, life.world.compliance_account
    nora.opens(f"/accounts/{life.account}/transfer").types("Receiving account", plant.number)
    nora.types("Serials", serials(life, 1, 300)).types("Reason or reference", "Contract 7").ticks("I sign this statement.")
    nora.only_presses("Sign and transfer").sees("Nothing is done yet.", "300 ERCs", plant.number, life.world.plant_organisation.name)
    nora.only_presses("Change it").still_reads("Receiving account", plant.number).still_reads("Reason or reference", "Contract 7")
    nora.presses("Sign and transfer").sees("Recorded; both accounts' representatives are told.", "300")


@rule("12.13")
def test_the_representative_surrenders_for_a_unit_and_a_period(life: SimpleNamespace) -> None:
    remy = life.representative.opens("/").sees("Compliance")
    remy.opens(f"{life.egu.path}/surrender").types("Serials", serials(life, 1, 100))
    remy.page.locator("select[name=period_start_year]").select_option("2022")
    remy.presses("Surrender these ERCs").sees("Surrendered.", "100")


@rule("13.3")
@rule("13.4")
def test_a_reviewer_proposes_a_cancellation_and_a_second_one_confirms(life: SimpleNamespace) -> None:
    rita = life.reviewer.opens(f"{life.report}/cancellation").types("Invalid serials", serials(life, 51, 320))
    rita.page.locator("label", has_text=re.compile("data", re.IGNORECASE)).first.click()
    rita.types("Reasons", "The meter of tower 7 counted twice.").presses("Propose the cancellation").sees("Proposed; a second reviewer decides.")
    life.proposal = rita.path
    sam = life.second_reviewer.opens("/queue").sees("roposal")
    sam.opens(f"{life.proposal}/confirmation").types("Reasons", "The test of the meter shows it.").presses("Confirm and carry out").sees(
        "Confirmed and carried out"
    )


@rule("14.1")
@rule("14.6")
def test_the_public_reads_first_that_it_was_cancelled(life: SimpleNamespace) -> None:
    serial = serials(life, 60, 60)
    public = life.public.opens("/")
    public.page.get_by_label("Serial, resource, plant or owner").last.fill(serial)
    public.leaves_by(public.page.get_by_role("search", name="Search all records").get_by_role("button"))
    if public.path == "/search":
        public.leaves_by(public.page.get_by_role("link", name=serial).first)
    expect(public.page.locator("h1")).to_contain_text(serial)
    first = public.page.locator("main .usa-alert").first
    expect(first).to_contain_text("Cancelled")
    assert first.bounding_box()["y"] < public.page.locator("main h2").first.bounding_box()["y"] + 400  # type: ignore[index]
    public.sees("Surrendered", "Ridge Line Wind Farm", "From the meter to whole ERCs")
    axe(public.page)


@rule("14.5")
def test_a_downloaded_document_hashes_to_the_digest_shown(life: SimpleNamespace) -> None:
    public = life.public.opens(f"/ercs/{serials(life, 60, 60)}")
    public.leaves_by(public.page.get_by_role("link", name=re.compile(r"^about it\s*: Commissioning certificate")).first).arrives("/documents/[^/]+")
    shown = re.search(r"[0-9a-f]{64}", "".join(public.text.split("SHA-256", 1)[1].split()))
    link = public.page.get_by_role("link", name="Download").get_attribute("href")
    answer = public.context.request.get(life.public.address + str(link))
    assert "Commissioning certificate.txt" in unquote(answer.headers["content-disposition"])
    assert shown is not None
    assert hashlib.sha256(answer.body()).hexdigest() == shown[0]
