"""What a reader asked of a list, from the query: filters are loaded by the view's schema, the page, order and format stand beside them."""

from typing import Any

from flask import request

from app.docket.queries.listing import Asked
from app.web.dialects import dialect


def asked(filters: dict[str, Any]) -> Asked:
    """CSV holds every row of what is shown, not only its page."""
    page = request.args.get("page", "1")
    return Asked(filters, request.args.get("sort", ""), int(page) if page.isdecimal() and len(page) < 9 else 1, dialect() == "csv")
