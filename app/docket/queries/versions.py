"""What changed between two versions of a submission, field by field, so that a reviewer reads only what is new (rule 3.16)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.eligibility import queries as eligibility
from app.mv_reports.queries import STATEMENTS


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every field that was added, removed or changed, in the order of the newer version; what stayed is left out."""
    old, new = dict(flat(before)), dict(flat(after))
    found = []
    for name in [*new, *(name for name in old if name not in new)]:
        was, is_now = old.get(name), new.get(name)
        if was != is_now:
            change = "added" if was is None else "removed" if is_now is None else "changed"
            found.append({"field": _label(name), "change": change, "before": was, "after": is_now})
    return found


def changed_readings(before: Iterable[Any], after: Iterable[Any]) -> list[dict[str, Any]]:
    """Every meter row that was added, removed or changed, by meter and month."""
    old = {(one.meter_id, one.month): one.generation_mwh for one in before}
    new = {(one.meter_id, one.month): one.generation_mwh for one in after}
    found = []
    for meter_id, month in sorted({*old, *new}):
        was, is_now = old.get((meter_id, month)), new.get((meter_id, month))
        if was != is_now:
            change = "added" if was is None else "removed" if is_now is None else "changed"
            found.append({"meter": meter_id, "month": month, "change": change, "before_mwh": was, "after_mwh": is_now})
    return found


def flat(facts: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """The answers one by one: rows of a list are numbered from 1, an empty answer is none."""
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name} ")
        elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
            for ordinal, row in enumerate(value, 1):
                yield from flat(row, f"{prefix}{name} {ordinal} ")
        elif value not in (None, "", []):
            yield f"{prefix}{name}", words(value, _options(name))


def _label(name: str) -> str:
    return STATEMENTS[name].label if name in STATEMENTS else eligibility.label_of(name)


def _options(name: str) -> dict[str, str]:
    return dict(STATEMENTS[name].options) if name in STATEMENTS else eligibility.options_of(name)


def words(value: Any, options: Mapping[str, str]) -> str:
    """An answer as a person reads it: an option by its label."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(options.get(str(one), str(one)) for one in (value if isinstance(value, list) else [value]))
