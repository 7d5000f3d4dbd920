"""The parameters of a plan as a page shows them and as the form of the next version begins, with what differs from the version before (rules section 21)."""

from collections.abc import Mapping
from typing import Any

from app.state_plan.parameters import PARAMETERS
from app.state_plan.plans import differences
from app.state_plan.tables import TABLES, Column, Row, Table

Values = Mapping[str, Any]


def groups(values: Values, before: Values | None = None) -> list[dict[str, Any]]:
    """Every parameter in the groups of the form: label, rule, value, the value as a form's text and in words, and what it was in the version before."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in PARAMETERS:
        value = values[one.name]
        asked = {"name": one.name, "label": one.label, "rule": one.rule, "form": one.form, "choices": list(one.choices), "help": one.help}
        told = {"needed": not one.may_be_empty, "value": value, "changed": "" if before is None else _was(value, before.get(one.name))}
        shown = _as_table(TABLES[one.name], value, before and before.get(one.name)) if one.form == "table" else {"text": _text(value), "shown": _words(value)}
        found.setdefault(one.group, []).append({**asked, **told, **shown})
    return [{"group": group, "parameters": rows} for group, rows in found.items()]


def changes(before: Values, after: Values) -> list[dict[str, str]]:
    """What differs between two versions, each with its label, before and after; of a table the rows that differ."""
    known = {one.name: one for one in PARAMETERS}
    found = []
    for name, pair in differences(dict(before), dict(after)).items():
        then, now = _rows_in_words(TABLES[name], pair["before"], pair["after"]) if name in TABLES else (_words(pair["before"]), _words(pair["after"]))
        label, rule = (known[name].label, known[name].rule) if name in known else (name, "21")
        found.append({"name": name, "label": label, "rule": rule, "before": then, "after": now})
    return found


def _was(value: Any, before: Any) -> str:
    return "" if value == before else f"was {_words(before)}"


def _text(value: Any) -> str:
    """A parameter as a form's text: true or false, one word a line, nothing for none."""
    if isinstance(value, list):
        return "\n".join(value)
    return "" if value is None else _plain(value)


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _words(value: Any) -> str:
    """A parameter as a person reads it: yes or no, words with commas."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def _as_table(table: Table, value: Any, before: Any) -> dict[str, Any]:
    """The columns, the rows as the form fills them in, and the rows in words; where there is a version before, each with what changed."""
    columns = [
        {"name": one.name, "label": one.label, "form": one.form, "unit": one.unit, "choices": list(one.choices.items()), "needed": not one.may_be_empty}
        for one in table.columns
    ]
    rows = table.rows(value)
    return {"columns": columns, "rows": rows, "changed": "", "shown": _marked(table, rows, rows if before is None else table.rows(before))}


def _marked(table: Table, rows: list[Row], before: list[Row]) -> list[Row]:
    """The rows of now and those that are gone, by their key, each with what changed in it."""
    then, now = _by_key(table, before), _by_key(table, rows)
    return [{**_row_in_words(table, now.get(key, then.get(key, {}))), "changed": _change(table, then.get(key), now.get(key))} for key in sorted({*then, *now})]


def _by_key(table: Table, rows: list[Row]) -> dict[tuple[str, ...], Row]:
    return {tuple(str(row[name]) for name in table.key): row for row in rows}


def _change(table: Table, then: Row | None, now: Row | None) -> str:
    if then is None or now is None:
        return "new" if then is None else "taken out"
    differing = [column for column in table.columns if then.get(column.name) != now.get(column.name)]
    return ", ".join(f"{column.label} was {_with_unit(column, then) or 'empty'}" for column in differing)


def _rows_in_words(table: Table, before: Any, after: Any) -> tuple[str, str]:
    """The rows that only the one and only the other version has."""
    then, now = table.rows(before), table.rows(after)
    return _sentence(table, [row for row in then if row not in now]), _sentence(table, [row for row in now if row not in then])


def _sentence(table: Table, rows: list[Row]) -> str:
    return "; ".join(", ".join(f"{column.label} {_with_unit(column, row)}" for column in table.columns if _cell(column, row)) for row in rows) or "none"


def _with_unit(column: Column, row: Row) -> str:
    value = _cell(column, row)
    return f"{value} {column.unit}" if value and column.unit else value


def _row_in_words(table: Table, row: Row) -> Row:
    return {column.name: _cell(column, row) for column in table.columns}


def _cell(column: Column, row: Row) -> str:
    value = str(row.get(column.name, ""))
    return column.choices.get(value, value)
