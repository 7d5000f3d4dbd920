"""The coverage table itself: it reads every number, every mark, and complains of marks that prove nothing."""

import runpy
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent.parent / "rules_coverage.py"
coverage = runpy.run_path(str(SCRIPT))


def test_numbers_are_read_from_the_start_of_their_lines_in_order() -> None:
    numbers, titles = coverage["requirements"]("## 5. Reports\n5.10 x\n5.18a y\n5.9 z\n5.18 w\n\n| 5.99 | no |\nsee 5.77\n")
    assert numbers == ("5.9", "5.10", "5.18", "5.18a")
    assert titles == {"5": "Reports"}


def test_marks_are_read_from_decorators_and_parameters_and_nothing_else() -> None:
    source = 'import pytest\n@pytest.mark.rule("9.4", "9.5")\ndef test_a(): ...\nX = pytest.param(1, marks=pytest.mark.rule("9.6"))\n'
    assert list(coverage["marks_in"](source + 'rule("1.1"); pytest.mark.skip("1.2")\n')) == ["9.4", "9.5", "9.6"]


def test_the_short_name_that_a_file_gives_the_mark_counts_and_another_function_of_that_name_does_not() -> None:
    source = 'import pytest\nrule = pytest.mark.rule\n@rule("9.4")\n@rule("9.5")\ndef test_a(): ...\nX = pytest.param(1, marks=rule("9.6"))\n'
    assert sorted(coverage["marks_in"](source)) == ["9.4", "9.5", "9.6"]
    assert list(coverage["marks_in"](source.replace("pytest.mark.rule", "print"))) == []


def test_a_mark_without_a_rule_and_a_rule_said_to_be_both_are_complained_of() -> None:
    made = coverage["Coverage"](("1.1", "1.2"), {}, {"1.1": ("a.py",), "7.7": ("b.py",)}, {"1.1": "why", "8.8": "why"})
    assert made.problems() == [
        "b.py: rule 7.7 is not in docs/rules.md",
        "docs/rules-not-applicable.md: rule 8.8 is not in docs/rules.md",
        "rule 1.1 is tested and said not to be applicable",
    ]
    assert made.untested == ("1.2",)


def test_every_mark_of_this_checkout_names_a_rule() -> None:
    result = subprocess.run([sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert "Untested:" in result.stdout
