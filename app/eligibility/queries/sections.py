"""What a form is made of: fields in sections of one page each, and how the answers of one section replace its own alone (rules sections 3, 4). Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.eligibility.criteria import RESOURCE_TYPES
from app.errors import Invalid, Links, NotFound, SectionGone

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FormField:
    """One field. `types` None is every type; `needed` ones must be answered, by `needed_by` alone where that is given; `fields` are a list's columns."""

    name: str
    label: str
    rule: str
    kind: str = "text"
    help: str = ""
    needed: bool = False
    types: frozenset[str] | None = None
    needed_by: frozenset[str] | None = None
    unit: str = ""
    options: Options = ()
    private: bool = False
    fields: tuple["FormField", ...] = ()

    def is_for(self, type_code: str) -> bool:
        return self.types is None or type_code in self.types

    def is_needed_by(self, type_code: str) -> bool:
        return self.needed and self.is_for(type_code) and (self.needed_by is None or type_code in self.needed_by)


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the form: fields that are answered together. `element` is the one of rules section 3 that all of them belong to, if they do."""

    key: str
    legend: str
    rule: str
    fields: tuple[FormField, ...]
    words: str = ""
    types: frozenset[str] | None = None
    element: str = ""

    def is_for(self, type_code: str) -> bool:
        return self.types is None or type_code in self.types

    def asked_of(self, type_code: str) -> tuple[FormField, ...]:
        """Its fields that are for the type; none where the section is not."""
        return tuple(one for one in self.fields if one.is_for(type_code)) if self.is_for(type_code) else ()


Form = tuple[Section, ...]


def fields_of(form: Form) -> Iterator[FormField]:
    return (one for group in form for one in group.fields)


def section_of(form: Form, key: str, type_code: str, path: str) -> Section:
    """The section by its key; `path` is the form's. Raises NotFound where the form has none, SectionGone where the type is not asked it."""
    found = next((group for group in form if group.key == key), None)
    asked = [(group.legend, f"{path}/{group.key}") for group in form if group.asked_of(type_code)]
    if found is None:
        raise unknown_section(asked)
    if not found.asked_of(type_code):
        chosen = RESOURCE_TYPES[type_code].title if type_code in RESOURCE_TYPES else type_code
        words = f"The section “{found.legend}” is gone, because the type of the resource was changed to {chosen}. Nothing was saved."
        raise SectionGone(words, what_to_do="Copy what is still right into one of the sections that there are now, or change the type back.", links=asked)
    return found


def unknown_section(asked: Links) -> NotFound:
    return NotFound("This form has no such section for this type of resource.", what_to_do="Choose one of those that there are.", links=asked)


def with_section(section: Section, type_code: str, kept: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The kept answers with those of one section replaced by what was given. Raises Invalid for an answer that belongs elsewhere."""
    asked = {one.name for one in section.asked_of(type_code)}
    of_other_types = {one.name for one in section.fields} - asked
    elsewhere = {
        name: [_not_asked(answer) if name in of_other_types else "This is asked in another section."] for name, answer in given.items() if name not in asked
    }
    if elsewhere:
        words = f"Only answers of the section “{section.legend}” are saved here."
        raise Invalid(words, what_to_do="Send each section to its own address, or all answers to the address of the form.", fields=elsewhere)
    return {name: answer for name, answer in kept.items() if name not in asked} | dict(given)


def _not_asked(answer: Any) -> str:
    """The message of a field that only other types are asked; the form that comes back has no such field, so what was typed into it stands here."""
    typed = f" You typed: {answer}" if isinstance(answer, str) else ""
    return f"The type of the resource was changed, and the new one is not asked this.{typed}"


def answers_asked(form: Form, type_code: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that count for a type: those to questions that only other types are asked are kept in a draft, and left out here."""
    others = {one.name for one in fields_of(form)} - {one.name for group in form for one in group.asked_of(type_code)}
    return {name: answer for name, answer in answers.items() if name not in others}
