"""What kind of place a host is on the day of the MWh: a state may change between rate and mass once (rule 2.7a)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from app.eligibility.criteria.facts import Host, HostKind, ResourceFacts

HostKinds = Mapping[str, Mapping[date, HostKind]]
"""The kinds of states by their first day, as the plan of the issuing state records them."""


def kind_on(kinds: Mapping[date, HostKind], day: date) -> HostKind | None:
    """The kind that the latest change by that day brought; None before the first."""
    begun = [first_day for first_day in kinds if first_day <= day]
    return kinds[max(begun)] if begun else None


def host_on(host: Host, kinds: HostKinds, day: date) -> Host:
    """A host as it stood on a day: what the plan records goes before what the application says."""
    recorded = kind_on(kinds.get(host.state.upper(), {}), day)
    return host if recorded is None else replace(host, kind=recorded)


def facts_on(facts: ResourceFacts, kinds: HostKinds, day: date) -> ResourceFacts:
    """The facts with every host as it stood on a day; sites of one application may lie in several hosts."""
    first, *further = (host_on(host, kinds, day) for host in facts.hosts)
    return replace(facts, host_kind=first.kind, further_hosts=tuple(further))


def stretches(facts: ResourceFacts, kinds: HostKinds, starts_on: date, ends_on: date) -> tuple[tuple[date, ResourceFacts], ...]:
    """A period cut at each change of a host: the first day of each part and the facts that hold from it."""
    changes = {day for host in facts.hosts for day in kinds.get(host.state.upper(), {}) if starts_on < day <= ends_on}
    return tuple((day, facts_on(facts, kinds, day)) for day in (starts_on, *sorted(changes)))
