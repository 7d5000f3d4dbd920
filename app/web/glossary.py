"""The words of this programme in plain sentences (docs/rules.md section 18: one thing, one word, everywhere).

A rule given beside a term is a number of docs/rules.md. The sentences are this project's own and bind nobody.
"""

from dataclasses import dataclass
from typing import Final

from app.web.filters import slug


@dataclass(frozen=True, slots=True)
class Term:
    """A word, what it means here, and the programme rule that says more (empty where none does)."""

    term: str
    words: str
    rule: str = ""

    @property
    def slug(self) -> str:
        """The end of its address: /glossary#em-v-plan."""
        return slug(self.term)


REGULATION: Final = (
    Term(
        "AAR",
        "The authorized account representative: the one person who may act for a general account and sign for everyone with an interest in it.",
        "1.15",
    ),
    Term(
        "Account error correction",
        "Moving ERCs that a clerical error put into the wrong account to the right one: the administrator proposes, a reviewer decides,"
        " and both sides get notice within 10 business days. None is issued or cancelled by it.",
        "13.8",
    ),
    Term(
        "ADR",
        "The alternate designated representative: the one person who may stand in for a facility's designated"
        " representative. What either signs binds the owners.",
        "1.10",
    ),
    Term(
        "Adjusted rate",
        "A plant's carbon dioxide divided by its own net MWh plus one MWh for each valid ERC it"
        " surrenders. The plant complies when this is not above its standard.",
        "12.1",
    ),
    Term("Affected EGU", "An electric generating unit that must meet an emission standard under the state plan.", "12.14"),
    Term(
        "Agent",
        "A person who acts for an account's representative within a written scope. Whoever acts for a state is called a state agent here.",
        "1.17",
    ),
    Term(
        "Allowance",
        "A permit to emit one ton under a mass-based plan. It is never an ERC, and the two are never exchanged or kept in one ledger.",
        "10.6",
    ),
    Term(
        "Attestation",
        "A signed statement that something is so, given by the person who answers for it. A verifier attests that no conflict of interest stands in the way.",
        "6.5",
    ),
    Term("Banking", "Keeping an ERC unused for a later compliance period. There is no limit.", "12.9"),
    Term("Baseline", "What would have happened without the measure. Savings are counted against it.", "4.11"),
    Term(
        "Biogenic share",
        "The part of a fuel's energy or carbon that comes from plants rather than from fossil sources; only this part of a mixed fuel's MWh can earn ERCs.",
        "2.17",
    ),
    Term(
        "Carry",
        "The fraction of a MWh left after whole ERCs are issued. It is kept and added to the same resource's next report.",
        "9.4",
    ),
    Term(
        "Certificate of representation",
        "The document by which a facility's owners name the one person who acts for them. A complete one opens the facility's compliance account.",
        "1.9",
    ),
    Term("CHP unit", "A combined heat and power unit: it makes electricity and useful heat from the same fuel.", "2.19"),
    Term(
        "Compliance period",
        "The years over which a plant's emissions and MWh are added up and compared with its standard.",
        "12.6",
    ),
    Term(
        "Compliance account",
        "The account of the affected EGUs at one facility. ERCs count for them only from here.",
        "1.6",
    ),
    Term(
        "Cancellation",
        "Taking an invalid ERC out of use for good. Its serial, the reason and the date stay on record and the serial is never used again.",
        "13.3",
    ),
    Term(
        "Central transaction log",
        "The common record that checks and writes down what moves within and between tracking systems.",
        "15.5",
    ),
    Term(
        "Conflict of interest",
        "A tie of money, work, family or ownership that could bend a verifier's judgement. Both the firm and the person are tested.",
        "1.4",
    ),
    Term(
        "Delivery proof",
        "Evidence that power made in a mass-based state was sold to serve load in a rate-based one.",
        "2.8",
    ),
    Term(
        "Designated representative",
        "The one person whom the owners of a facility choose to make every submission for it.",
        "1.10",
    ),
    Term(
        "DSM measure",
        "A demand-side measure: something done at the user's end, such as shifting or reducing use, that lowers what power plants must make.",
        "2.22",
    ),
    Term(
        "Eligibility application",
        "The papers by which a provider asks the state to accept a resource. No ERC is issued before it is approved.",
        "8.1",
    ),
    Term("Eligible resource", "A generator or a programme of savings whose MWh may earn ERCs under the plan.", "8.3"),
    Term(
        "Emission standard",
        "The pounds of carbon dioxide per net MWh that a unit may not exceed over a compliance period.",
        "12.1",
    ),
    Term(
        "EM&V plan",
        "The plan for evaluation, measurement and verification: how the MWh of a resource will be metered or worked out, before any are counted.",
        "4.1",
    ),
    Term(
        "ERC",
        "An emission rate credit: one whole MWh with no carbon dioxide, made or saved by an accepted resource. There are no fractions.",
        "9.1",
    ),
    Term(
        "ERC block",
        "ERCs with consecutive serials that share one issuance, one vintage, one account and one status. A transfer of a part splits it.",
        "9.6",
    ),
    Term(
        "ERC TCS",
        "The ERC tracking and compliance system: the part that keeps accounts, records transfers and compares holdings with obligations.",
        "9.18a",
    ),
    Term(
        "Effective useful life",
        "How many years a measure can be expected to go on saving. After it the savings are zero.",
        "4.14",
    ),
    Term("General account", "An account that any person or organisation may open to hold and move ERCs.", "1.6"),
    Term(
        "GS-ERC",
        "A gas-shift ERC of the final rule, earned by gas turbines and usable only by steam units. It exists only where the state plan says so.",
        "9.16",
    ),
    Term(
        "Holding account",
        "An account of the state for a named purpose, such as a set-aside, with a named official responsible for it.",
        "1.6",
    ),
    Term("Host state", "The state in which a resource stands.", "2.7"),
    Term(
        "Incremental",
        "What was added after the reference year: only the new capacity or the new MWh of an older plant are counted.",
        "2.5",
    ),
    Term(
        "Independent verifier",
        "A body and a person accredited by the state who check a provider's claims and gain nothing from the answer.",
        "1.4",
    ),
    Term("Issuing state", "The state that issued an ERC. It stands at the head of the serial.", "9.6"),
    Term(
        "Issuance",
        "The state's act of creating ERCs for verified MWh and recording them in the provider's account.",
        "9.2",
    ),
    Term("Interim step", "A part of the years before the final standard, with its own, milder rate.", "12.6"),
    Term(
        "Leakage assessment",
        "A look at whether emissions only moved to plants that the plan does not cover. It belongs to mass-based plans.",
    ),
    Term("Linkage", "The rule by which one state accepts another state's ERCs.", "15.1"),
    Term(
        "M&V report",
        "The report of measured and verified MWh for a period, made by the EM&V plan. ERCs are issued on it.",
        "5.1",
    ),
    Term(
        "Net energy output",
        "What a plant delivers after its own use: net electricity plus, for combined heat and power, useful heat expressed in MWh.",
        "12.1",
    ),
    Term(
        "New source complement",
        "Extra room under a mass-based cap for new fossil plants. It plays no part in issuing ERCs.",
    ),
    Term(
        "Obligation",
        "The least number of ERCs a unit needs so that its adjusted rate is not above its standard.",
        "12.3",
    ),
    Term("Origination account", "The state's account in which ERCs come into being. Nothing can be sent to it.", "1.6"),
    Term("Provider", "Whoever submits the eligibility application of a resource and receives its ERCs.", "1.5"),
    Term(
        "Qualification",
        "The standing of an approved resource. It can be suspended or revoked, and then no ERC is issued.",
        "13.6",
    ),
    Term("Qualifying biomass", "A biological fuel that the state plan lists as acceptable for counting.", "2.15"),
    Term("Reference rate", "The rate against which an affected EGU is compared when it earns ERCs of its own.", "9.11"),
    Term(
        "Retirement",
        "Taking an ERC out of use. After a surrender the state does it; anyone may also do it voluntarily with a reason, and then the ERC serves no plant.",
        "1.6",
    ),
    Term("Revocation", "Ending a qualification or an accreditation for good.", "13.6"),
    Term("Serial number", "The name of one ERC: state, vintage, resource, report and a number that never returns.", "9.6"),
    Term(
        "State agent",
        "An organisation that acts for a state under a public grant, from administrative services to full issuance. What it issues within its grant"
        " is as good as what the state issues.",
        "1.2",
    ),
    Term("Surrender", "A plant's act of giving up ERCs for a named unit and compliance period.", "12.21"),
    Term(
        "Suspension",
        "A stop for the time being: a suspended resource gets no ERCs and its reports are not accepted.",
        "13.7",
    ),
    Term(
        "T&D adder",
        "A small addition to savings at the user's end for the power that lines would have lost on the way, never more than six per cent.",
        "4.13",
    ),
    Term(
        "True-up",
        "The comparison after a compliance period: surrenders are counted and each unit's adjusted rate is tested against its standard.",
        "12.2",
    ),
    Term(
        "Uprate",
        "An increase in a plant's capacity. Of a hydro or nuclear plant only the added part earns ERCs.",
        "2.13",
    ),
    Term(
        "Useful thermal output",
        "Heat from a combined heat and power unit that does real work outside it, expressed in MWh.",
        "12.19",
    ),
    Term(
        "Verification report",
        "The independent verifier's findings on an application or an M&V report, with the MWh the verifier can stand for.",
        "6.5",
    ),
    Term("Vintage", "The calendar year in which the MWh happened.", "9.5"),
)

ACCOUNT_KINDS: Final = (
    Term("Surrender account", "The state's account that receives surrendered ERCs. Nothing leaves it.", "1.6"),
    Term("Retirement account", "The state's account that receives ERCs given up voluntarily. Nothing leaves it.", "1.6"),
    Term("Cancellation account", "The state's account that receives ERCs found invalid. Nothing leaves it.", "1.8"),
)

STATES: Final = (
    Term("Draft", "Begun and not sent. Only the organisation that writes it can see it.", "8.7"),
    Term("In verification", "With the independent verifier, who has not yet signed a report.", "8.7"),
    Term("Verified", "The verifier has signed a report, good or bad. The provider can now submit.", "8.7"),
    Term("Submitted", "Sent to the state and waiting for a reviewer.", "8.7"),
    Term("Under review", "A reviewer of the state is working on it.", "8.7"),
    Term(
        "Incomplete",
        "Returned with reasons because something is missing or must be corrected. A new version starts from the old one.",
        "8.11",
    ),
    Term("Recommended", "One reviewer has proposed a decision; a second person must decide.", "8.8"),
    Term("Approved", "Accepted by the state, with reasons.", "8.4"),
    Term("Denied", "Not accepted by the state. The decision names each ground and what would cure it.", "8.6"),
    Term("Withdrawn", "Taken back by its author before a decision.", "8.7"),
    Term("Qualified", "The resource is on the list and may be issued ERCs.", "8.3"),
    Term("Suspended", "The qualification is stopped for the time being.", "13.7"),
    Term("Revoked", "The qualification or accreditation is ended for good.", "13.6"),
    Term("Issued", "ERCs were created on this report, for all of its MWh or for the part accepted.", "9.2"),
    Term("Rejected", "No ERCs were issued on this report; the decision says why.", "8.6"),
    Term("Corrected", "An issued report was later found wrong, and what was wrong has been put right.", "13.2"),
    Term("Active", "The ERC is valid and free to move or to be surrendered.", "11.2"),
    Term("Held", "The ERC cannot move or count while a question about it is open. The reason is public.", "11.7"),
    Term("Reserved", "The ERC is part of a transfer or surrender that is not finished.", "11.2"),
    Term("Surrendered", "The ERC was given up for a named plant and compliance period and cannot be used again.", "12.13"),
    Term("Retired", "The ERC was given up voluntarily and serves nobody's obligation.", "1.6"),
    Term("Cancelled", "The ERC was found invalid and counts for nothing; its serial stays on record.", "13.3"),
)

GLOSSARY: Final[tuple[Term, ...]] = tuple(sorted((*REGULATION, *ACCOUNT_KINDS, *STATES), key=lambda term: (term.term.casefold(), term.term)))
