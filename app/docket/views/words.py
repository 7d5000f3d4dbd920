"""Words for what the records keep as a code: on a page the words come first and the code stands small beside them; CSV and JSON keep the code."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from app.docket.queries.histories import ACTION_WORDS, words_of_action
from app.docket.views.blueprint import blueprint
from app.eligibility.criteria import DENIAL_CODES, RESOURCE_TYPES
from app.erc_tcs.flows import CAUSES
from app.web.filters import spelt


@blueprint.app_template_filter("act_words")
def act_words(action: str) -> str:
    """What was done: *mv_report.take_up* is Taken up for review."""
    return words_of_action(action)


@blueprint.app_template_filter("ground_words")
def ground_words(code: str) -> str:
    """A ground of the closed list (rule 8.6); a code that is not in it stays as it is."""
    return DENIAL_CODES[code].title if code in DENIAL_CODES else code


@blueprint.app_template_filter("type_words")
def type_words(code: str) -> str:
    """A type of resource (rule 2.12); a code that is not in the list stays as it is."""
    return RESOURCE_TYPES[code].title if code in RESOURCE_TYPES else code


def cause_words(code: str) -> str:
    """A cause of cancellation (rule 13.4); a code that is not in the list stays as it is."""
    return CAUSES.get(code, code)


WORDS: dict[str, Callable[[str], str]] = {
    "action": act_words,
    "codes": ground_words,
    "denial_codes": ground_words,
    "code": ground_words,
    "cause": cause_words,
    "type_code": type_words,
    "resource_type": type_words,
    "type": type_words,
}
"""By the name of the column or of the filter."""


@blueprint.app_template_filter("in_words")
def in_words(value: Any, column: str) -> Any:
    """The value of a column as a page writes it: each code as its words with the code beside them, anything else as it is."""
    told = WORDS.get(column)
    if told is None or not isinstance(value, str) or not value:
        return value
    codes = value.split(", ")
    if all(told(code) == code for code in codes):
        return value
    return Markup(", ").join(Markup('{} <small class="code"><code>{}</code></small>').format(told(code), code) for code in codes)


@blueprint.app_template_filter("choice_words")
def choice_words(value: str, name: str) -> str:
    """A choice of a filter in words; of an action also what it was done to, where its words do not say so."""
    told = WORDS.get(name)
    if told is None:
        return value
    about = f" ({spelt(value.partition('.')[0])})" if name == "action" and value not in ACTION_WORDS else ""
    return f"{told(value)}{about}"
