"""The life cycle of a thing is a table; this file reads it. Pure.

The same table feeds the guard of every action, the buttons of a page, the API's list of available actions, the diagram in the docs, the
CHECK constraint on the column and the exhaustive tests (rules 8.7).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import NotPermitted, WrongState

Standing = frozenset[str]


@dataclass(frozen=True)
class Step:
    """One move: `action` brings a thing from one of the states `before` to `after`, done by somebody of the standing `by`."""

    action: str
    before: str | tuple[str, ...]
    after: str
    by: str | tuple[str, ...]
    label: str = ""

    @property
    def befores(self) -> tuple[str, ...]:
        return (self.before,) if isinstance(self.before, str) else self.before

    @property
    def standings(self) -> tuple[str, ...]:
        return (self.by,) if isinstance(self.by, str) else self.by

    @property
    def words(self) -> str:
        return self.label or self.action.replace("_", " ").capitalize()


LifeCycle = tuple[Step, ...]

STATE_AGENT = "state agent"
ACTS_AS = f"{STATE_AGENT} of "
"""How the standing begins that says for which state, how far and by which instrument somebody acts for it."""

SCOPES: Mapping[str, frozenset[str]] = {
    "administrative": frozenset({STATE_AGENT}),
    "review": frozenset({STATE_AGENT, "reviewer"}),
    "issuance": frozenset({STATE_AGENT, "reviewer", "second reviewer"}),
}
"""What a state may vest in its agent, from limited administrative services to full issuance, and what the agent's people then are in a matter (rule 1.2)."""


@dataclass(frozen=True)
class OpenAction:
    """A move as a page shows it: `reason` says why it cannot be done now, and is None when it can."""

    action: str
    label: str
    reason: str | None


def spoken(names: Iterable[str]) -> str:
    """State or standing names as a person reads them: `under_review` becomes *under review*."""
    return " or ".join(sorted(name.replace("_", " ") for name in set(names)))


def _steps_named(steps: LifeCycle, action: str) -> list[Step]:
    found = [step for step in steps if step.action == action]
    if not found:
        raise LookupError(f"no step {action!r} in this life cycle")
    return found


def advance(steps: LifeCycle, state: str, action: str, standing: Standing) -> str:
    """The state after `action`. Standing is judged before state, so that an outsider learns nothing of the state.

    Raises NotPermitted (403) when the person has no part in this act, WrongState (409) when the thing is not where the act begins.
    """
    named = _steps_named(steps, action)
    mine = [step for step in named if standing & set(step.standings)]
    if not mine:
        whose = spoken(name for step in named for name in step.standings)
        raise outside(standing, f"To {action.replace('_', ' ')} is for the {whose} of this matter.")
    for step in mine:
        if state in step.befores:
            return step.after
    begins = spoken(name for step in mine for name in step.befores)
    raise WrongState(
        f"To {action.replace('_', ' ')} it must be {begins}; it is {spoken([state])}.",
        rule="8.7",
        what_to_do="Load the page again to see what has happened and what can be done now.",
    )


def outside(standing: Standing, words: str, what_to_do: str | None = None, rule: str = "8.8") -> NotPermitted:
    """The refusal of an act that this standing does not cover; a state's agent is told its grant (rules 1.2, 8.8)."""
    grants = sorted(name for name in standing if name.startswith(ACTS_AS))
    if not grants:
        return NotPermitted(words, rule=rule, what_to_do=what_to_do)
    told = f"{words} No grant of yours covers this. You act as {grants[0]}."
    return NotPermitted(told, rule="1.2", what_to_do="Leave it to the state, or to somebody whose grant covers it.")


def open_to(steps: LifeCycle, state: str, standing: Standing) -> list[OpenAction]:
    """The moves of this person, in the order of the table; a move that is not open from this state carries the reason."""
    found: dict[str, OpenAction] = {}
    for step in steps:
        if not standing & set(step.standings):
            continue
        reason = None if state in step.befores else f"Possible when it is {spoken(step.befores)}; it is {spoken([state])}."
        earlier = found.get(step.action)
        if earlier is None or (earlier.reason is not None and reason is None):
            found[step.action] = OpenAction(step.action, step.words, reason)
    return list(found.values())


def offered(one: OpenAction, path: str, addresses: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, Any]:
    """A move as pages and the API give it: what it is called, why it is not open, the address of its page, and whether it is one button without input."""
    label = labels.get(one.action, one.label)
    return {"action": one.action, "label": label, "reason": one.reason, "path": f"{path}/{addresses[one.action]}", "direct": one.action in DIRECT}


def act_among(acts: Iterable[Mapping[str, Any]], steps: LifeCycle, action: str, standing: Standing) -> dict[str, Any]:
    """The act of this name among those that a person of this standing has, open or not. Raises NotPermitted for whom it never is."""
    for act in acts:
        if act["action"] == action:
            return dict(act)
    whose = spoken(name for step in steps if step.action == action for name in step.standings) or "provider"
    raise outside(standing, f"To {action.replace('_', ' ')} is for the {whose} of this matter.", "Ask them, or look at your own matters.")


def states(steps: LifeCycle) -> tuple[str, ...]:
    """Every state of the table, in the order in which it first appears."""
    return tuple(dict.fromkeys(name for step in steps for name in (*step.befores, step.after)))


def check_sql(column: str, steps: LifeCycle) -> str:
    """The CHECK constraint that keeps a column within the table's states."""
    return f"{column} IN ({', '.join(repr(name) for name in states(steps))})"


def diagram(steps: LifeCycle) -> str:
    """The table as a mermaid state diagram."""
    moves = [f"    {before} --> {step.after}: {step.action}" for step in steps for before in step.befores]
    return "\n".join(["stateDiagram-v2", *moves])


OPEN_STATES = ("draft", "in_verification", "verified", "submitted", "under_review", "recommended")
"""States in which a matter still waits for somebody."""

BEFORE_SUBMISSION = ("draft", "in_verification", "verified")

ADDRESSES = {
    "save": "facts",
    "attach": "documents",
    "engage": "engagement",
    "end_engagement": "engagement/ending",
    "take_back": "taking-back",
    "verify": "verification",
    "submit": "submission",
    "take_up": "taking-up",
    "claim": "claim",
    "note": "notes",
    "return": "return",
    "recommend": "recommendation",
    "send_back": "sending-back",
    "begin_new_version": "version",
    "withdraw": "withdrawal",
}
"""The last part of the address of the page of each move of a reviewed matter, up to the recommendation."""
DIRECT = frozenset({"take_back", "take_up", "begin_new_version"})
"""Moves that need no input: one button."""


def steps_to_recommendation() -> LifeCycle:
    """From draft to recommended, the same for both kinds of matter (rules 8.7; the verifier's report is part of what is submitted: 3.6, 5.7)."""
    in_hand = ("submitted", "under_review", "recommended")
    return (
        Step("save", before="draft", after="draft", by="provider", label="Edit"),
        Step("attach", before="draft", after="draft", by="provider", label="Attach a document"),
        Step("engage", before="draft", after="in_verification", by="provider", label="Engage a verifier"),
        Step("engage", before="in_verification", after="in_verification", by="provider", label="Engage a verifier"),
        Step("end_engagement", before="in_verification", after="in_verification", by="provider", label="End the engagement"),
        Step("take_back", before=("in_verification", "verified"), after="draft", by="provider", label="Take back to draft"),
        Step("verify", before="in_verification", after="verified", by="verifier", label="Give the verification report"),
        Step("submit", before="verified", after="submitted", by="provider", label="Certify and submit"),
        Step("take_up", before="submitted", after="under_review", by=("reviewer", STATE_AGENT), label="Take up for review"),
        Step("claim", before="under_review", after="under_review", by=("reviewer", STATE_AGENT), label="Claim or reassign"),
        Step("note", before="under_review", after="under_review", by=("reviewer", STATE_AGENT), label="Write a private note"),
        Step("note", before="recommended", after="recommended", by=("reviewer", STATE_AGENT), label="Write a private note"),
        Step("return", before=("under_review", "recommended"), after="incomplete", by=("reviewer", STATE_AGENT), label="Return for more information"),
        Step("recommend", before="under_review", after="recommended", by="reviewer", label="Recommend"),
        Step("send_back", before="recommended", after="under_review", by=("reviewer", "second reviewer"), label="Send back to review"),
        Step("begin_new_version", before="incomplete", after="incomplete", by="provider", label="Begin a new version"),
        Step("withdraw", before=(*BEFORE_SUBMISSION, *in_hand), after="withdrawn", by="provider", label="Withdraw"),
    )
