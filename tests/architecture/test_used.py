"""What the program keeps, it runs: a rule that only its own test calls is proven on code that decides nothing."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).parents[2]
SOURCES = sorted(path for folder in ("app", "storage", "bench", "migrations") for path in (TOP / folder).rglob("*.py"))
PAGES = [*(TOP / "app/templates").rglob("*.html"), TOP / "app/static/docket.js"]
WORD = re.compile(r"\w+")
ONLY_TESTED = {
    "obligation_under_annual_basis", "gas_shift",  # Formulas that docs/decisions/0010 keeps beside those in use.
    "inclusion_proof",  # One path alone, in the words of RFC 9162, against which the many at once are tested.
    "diagram",  # Draws docs/lifecycles.md, which a test holds against the tables.
    "blocks_of",  # How tests look into an account, block by block.
}  # fmt: skip


def spoken_of(tree: ast.Module) -> Iterator[str]:
    """Every name that is used, and every word within a string; what is only imported, re-exported or a docstring is not used by it."""
    exported = [node.value for node in tree.body if isinstance(node, ast.Assign) and [ast.unparse(one) for one in node.targets] == ["__all__"]]
    silent = {id(part) for value in exported for part in ast.walk(value)}
    silent |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias) and node.asname not in (None, node.name):
            yield node.name
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield from WORD.findall(node.value)


def kept(tree: ast.Module) -> Iterator[str]:
    """The functions, classes and constants of a module; what a decorator takes is called by whom it was given to."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list:
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (one.id for one in targets if isinstance(one, ast.Name) and not one.id.startswith("__"))


def test_everything_that_is_kept_is_run_by_the_program_and_not_by_its_tests_alone() -> None:
    trees = {path: ast.parse(path.read_text()) for path in SOURCES}
    used = Counter(name for tree in trees.values() for name in spoken_of(tree))
    used.update(word for page in PAGES for word in WORD.findall(page.read_text()))
    ours = [path for path in SOURCES if path.parts[len(TOP.parts)] in ("app", "storage")]
    idle = [f"{path.relative_to(TOP)}: {name}" for path in ours for name in kept(trees[path]) if not used[name] and name not in ONLY_TESTED]
    assert idle == []


def test_what_only_tests_run_is_still_there() -> None:
    names = {name for path in SOURCES for name in kept(ast.parse(path.read_text()))}
    assert names >= ONLY_TESTED
