"""Words that must be given."""

from app.errors import Invalid


def one_line(words: str, field: str, message: str) -> str:
    """As `need`, with every run of blanks and line breaks as one blank: a name that stands in mails and titles."""
    return " ".join(need(words, field, message).split())


def need(words: str, field: str, message: str) -> str:
    """The words without blanks around them. Raises Invalid when there are none."""
    if not words.strip():
        raise Invalid(message, fields={field: [message]})
    return words.strip()
