"""Which numbered requirements of docs/rules.md a test proves, by section.

    python tests/rules_coverage.py           prints the table and the numbers that no test names
    python tests/rules_coverage.py --check   also ends with 1 when a mark names a number that is not in rules.md,
                                             or a number is both tested and said not to be applicable

A test names what it proves with `@pytest.mark.rule("9.4")`. Marks are read from the source, so nothing has to run.
"""

import ast
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENT = re.compile(r"^(\d+\.\d+[a-z]?)\s")
SECTION = re.compile(r"^## (\d+)\. (.+)")
NOT_APPLICABLE = re.compile(r"^\|\s*(\d+\.\d+[a-z]?)\s*\|\s*(\S.*?)\s*\|")


@dataclass(frozen=True)
class Coverage:
    """Numbers in order with the titles of their sections, marks with the files that carry them, and the exceptions."""

    numbers: tuple[str, ...]
    titles: dict[str, str]
    marks: dict[str, tuple[str, ...]]
    not_applicable: dict[str, str]

    @property
    def untested(self) -> tuple[str, ...]:
        return tuple(one for one in self.numbers if one not in self.marks and one not in self.not_applicable)

    def problems(self) -> list[str]:
        """What makes the table untrue."""
        exceptions = "docs/rules-not-applicable.md"
        named = [(", ".join(files), one) for one, files in self.marks.items()]
        named += [(exceptions, one) for one in self.not_applicable]
        unknown = [f"{where}: rule {one} is not in docs/rules.md" for where, one in named if one not in self.numbers]
        both = [one for one in self.not_applicable if one in self.marks]
        return [*unknown, *(f"rule {one} is tested and said not to be applicable" for one in both)]


def requirements(text: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """Every numbered requirement once, in the order of its first appearance within its section, and the section titles."""
    titles: dict[str, str] = {}
    numbers: dict[str, None] = {}
    for line in text.splitlines():
        if section := SECTION.match(line):
            titles[section[1]] = section[2]
        elif requirement := REQUIREMENT.match(line):
            numbers[requirement[1]] = None
    return tuple(sorted(numbers, key=place)), titles


def place(number: str) -> tuple[int, int, str]:
    """2.9 before 2.10, 5.18 before 5.18a."""
    section, rest = number.split(".")
    digits = rest.rstrip("abcdefghijklmnopqrstuvwxyz")
    return int(section), int(digits), rest[len(digits) :]


def marks_in(source: str) -> Iterable[str]:
    """The numbers named anywhere in a file by `pytest.mark.rule(...)`, or by the short name that the file gives it: `rule = pytest.mark.rule`."""
    tree = ast.parse(source)
    short = {name.id for node in tree.body if isinstance(node, ast.Assign) and is_mark(node.value) for name in node.targets if isinstance(name, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (is_mark(node.func) or (isinstance(node.func, ast.Name) and node.func.id in short)):
            yield from (one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str))


def is_mark(node: ast.expr) -> bool:
    """Whether this is `pytest.mark.rule`."""
    return isinstance(node, ast.Attribute) and node.attr == "rule" and isinstance(node.value, ast.Attribute) and node.value.attr == "mark"


def read(root: Path = ROOT) -> Coverage:
    """The coverage of a checkout."""
    numbers, titles = requirements((root / "docs" / "rules.md").read_text(encoding="utf-8"))
    marks: dict[str, tuple[str, ...]] = {}
    for file in sorted((root / "tests").rglob("*.py")):
        for number in dict.fromkeys(marks_in(file.read_text(encoding="utf-8"))):
            marks[number] = (*marks.get(number, ()), file.relative_to(root).as_posix())
    exceptions = (root / "docs" / "rules-not-applicable.md").read_text(encoding="utf-8").splitlines()
    not_applicable = {row[1]: row[2] for line in exceptions if (row := NOT_APPLICABLE.match(line))}
    return Coverage(numbers, titles, marks, not_applicable)


def table(coverage: Coverage) -> str:
    """Sections as rows, and below them the numbers that no test names."""
    lines = [f"{'section':<58} {'rules':>6} {'tested':>7} {'n. a.':>6} {'untested':>9}"]
    total = [0, 0, 0, 0]
    for section, title in coverage.titles.items():
        ours = [one for one in coverage.numbers if one.split(".")[0] == section]
        if not ours:
            continue
        counts = [
            len(ours),
            sum(one in coverage.marks for one in ours),
            sum(one in coverage.not_applicable for one in ours),
            sum(one in coverage.untested for one in ours),
        ]
        total = [so_far + count for so_far, count in zip(total, counts, strict=True)]
        lines.append(row(f"{section}. {title}", counts))
    lines += [row("all", total), "", "Untested:"]
    for section in coverage.titles:
        untested = [one for one in coverage.untested if one.split(".")[0] == section]
        lines += [f"  {', '.join(untested)}"] if untested else []
    return "\n".join(lines)


def row(words: str, counts: list[int]) -> str:
    numbers, tested, not_applicable, untested = counts
    return f"{words[:58]:<58} {numbers:>6} {tested:>7} {not_applicable:>6} {untested:>9}"


def main(arguments: list[str]) -> int:
    coverage = read()
    print(table(coverage))
    problems = coverage.problems()
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
