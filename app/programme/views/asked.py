"""What list pages are asked for in the query: which page, in which order."""

from flask import request

from app.web.dialects import dialect

PER_PAGE = 50
PER_CSV = 100_000


def page_and_size() -> tuple[int, int]:
    """The page that is asked for, from 1, and how many rows it holds; a page of CSV holds all that one answer can."""
    asked = request.args.get("page", "1")
    page = int(asked) if asked.isdecimal() and 0 < len(asked) < 7 else 1
    return max(1, page), PER_CSV if dialect() == "csv" else PER_PAGE


def paging(page: int, per_page: int, total: int) -> dict[str, int]:
    return {"page": page, "per_page": per_page, "total": total, "pages": max(1, -(-total // per_page))}


def organisation() -> str:
    """The organisation whose page led here, which the form begins with."""
    return request.args.get("organisation_id", "")


def sort() -> str:
    return request.args.get("sort", "")
