"""The table of docs/proof.md is replaced, and what stands around it is kept."""

from tests.proof_table import BEGIN, END, PREFACE, rewritten

RESULT = {"proof": "Fifty at once", "size": 1050, "result": "passed", "seconds": 3.5}


def test_a_page_without_a_table_gets_one_at_its_end() -> None:
    page = rewritten(PREFACE, [RESULT])
    assert page.startswith("# What was proved")
    assert "| Fifty at once | 1,050 | passed | 3.5 |" in page


def test_an_old_table_is_replaced_and_the_words_around_it_stay() -> None:
    page = rewritten(f"before\n\n{BEGIN}\nold\n{END}\n\nafter\n", [RESULT])
    assert "old" not in page
    assert page.startswith("before")
    assert page.endswith("after\n")
    assert rewritten(page, [RESULT]) == page
