"""Who may import which room of the house.

That a feature imports only what stands below it is import-linter's to say (pyproject.toml). Here it is said
which of the other's rooms it may enter, and what each kind of room must not know.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import grimp
import pytest

import courseapp

SOURCE: Final = Path(courseapp.__file__).parent

# What a feature shows to others: its ids and values, its refusals, its reads and its acts.
PUBLIC_ROOMS: Final = frozenset({"types", "errors", "queries", "service"})
# Where requests come in. `doors` holds what a feature's doors share and other features' doors may use:
# who is asking, who issues certificates here. `authentication` is a step of two doors of accounts.
DOORS: Final = frozenset({"api", "pages", "cli", "doors", "authentication"})
SHARED_DOOR: Final = "doors"
# These set the whole house up, so they may enter any room.
ABOVE_FEATURES: Final = frozenset({"cli", "wiring", "ops"})
NO_FEATURES: Final = ABOVE_FEATURES | {"core"}

EXCEPTIONS: Final = {
    ("courseapp.credentials.doors", "courseapp.learning.schemas"): (
        "the refusal of a certificate lists what is missing in the very shape that an enrollment does"
    ),
    ("courseapp.interop.questions.exported", "courseapp.catalog.content.authored"): (
        "questions leave as their authors wrote them"
    ),
    ("courseapp.interop.questions.service", "courseapp.catalog.content.authored"): (
        "and are read back the same way"
    ),
    ("courseapp.learning.schemas", "courseapp.assessment.schemas"): (
        "a lesson shows questions for practice in the very shape that an attempt does"
    ),
    ("courseapp.learning.api", "courseapp.assessment.schemas"): (
        "and takes answers to them in the very shape that an attempt does"
    ),
}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("courseapp", include_external_packages=True, cache_dir=None)


def imports(graph: grimp.ImportGraph) -> Iterator[tuple[str, str]]:
    for importer in sorted(graph.modules):
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            yield importer, imported


def feature(module: str) -> str:
    """Return the feature (or core, ops, wiring, cli) that a module belongs to."""
    parts = module.split(".")
    return parts[1] if parts[0] == "courseapp" and len(parts) > 1 else ""


def room(module: str) -> str:
    """Return the room of its feature that a module is, or is in."""
    parts = module.split(".")
    # In interop each protocol is a small house of its own.
    place = 3 if feature(module) == "interop" else 2
    return parts[place] if len(parts) > place else ""


def is_of_feature(module: str) -> bool:
    return bool(feature(module)) and feature(module) not in NO_FEATURES


def modules_below_doors(graph: grimp.ImportGraph) -> list[str]:
    return [m for m in sorted(graph.modules) if is_of_feature(m) and room(m) not in DOORS]


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Yield every module of courseapp as (its path, its syntax tree)."""
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield path.relative_to(SOURCE).as_posix(), tree


def calls(tree: ast.Module) -> Iterator[ast.Attribute]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func


def test_features_enter_only_each_others_public_rooms(graph):
    entered = {
        (importer, imported)
        for importer, imported in imports(graph)
        if is_of_feature(importer)
        and is_of_feature(imported)
        and feature(importer) != feature(imported)
        and room(imported) not in PUBLIC_ROOMS
        and not (room(imported) == SHARED_DOOR and room(importer) in DOORS)
    }
    # Both ways round: an exception that nobody uses any more goes.
    assert entered == set(EXCEPTIONS)


def test_every_feature_was_looked_at(graph):
    found = {feature(module) for module in graph.modules if is_of_feature(module)}
    folders = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert found == folders - NO_FEATURES
    assert len(found) >= 8


def test_core_enters_no_feature(graph):
    assert not [
        (importer, imported)
        for importer, imported in imports(graph)
        if feature(importer) == "core" and feature(imported) not in {"", "core"}
    ]


@pytest.mark.parametrize(
    "forbidden", ["sqlalchemy", "flask", "courseapp.core.db", "courseapp.core.clock", "time"]
)
def test_rules_decide_on_values_alone(graph, forbidden):
    rules = [module for module in sorted(graph.modules) if room(module) == "rules"]
    assert len(rules) >= 4
    assert forbidden in graph.modules
    # Not by a detour either. flask_babel, for sentences, is another package than flask.
    found = [graph.find_shortest_chain(module, forbidden) for module in rules]
    assert not [" -> ".join(chain) for chain in found if chain]


def test_below_a_door_nobody_knows_the_clock(graph):
    # The time is an argument: `at=`.
    knowing = graph.find_modules_that_directly_import("courseapp.core.clock")
    assert knowing
    assert not knowing.intersection(modules_below_doors(graph))


def test_the_clock_is_read_in_one_place():
    reading = {
        (path, f"{ast.unparse(call)}()")
        for path, tree in sources()
        for call in calls(tree)
        if ast.unparse(call)
        in {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
    }
    assert reading == {("core/clock.py", "datetime.now()")}


def test_below_a_door_nobody_knows_the_request(graph):
    below = modules_below_doors(graph)
    assert not [m for m in below if "flask_login" in graph.find_modules_directly_imported_by(m)]
    about_requests = {"request", "g", "session", "has_request_context"}
    found = []
    for path, tree in sources():
        module = ".".join(("courseapp", *Path(path).with_suffix("").parts))
        # core.http is what the doors are made of.
        if module.startswith("courseapp.core.http.") or room(module) in DOORS:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found += [(path, name.name) for name in node.names if name.name == "flask"]
            if isinstance(node, ast.ImportFrom) and node.module in {"flask", "flask.globals"}:
                found += [(path, n.name) for n in node.names if n.name in about_requests]
    assert not found


def test_below_a_door_nobody_speaks_http(graph):
    # Schemas are the shapes in which doors speak, and take their parts from there.
    found = [
        (importer, imported)
        for importer, imported in imports(graph)
        if importer in modules_below_doors(graph)
        and room(importer) != "schemas"
        and imported.startswith("courseapp.core.http")
    ]
    assert not found


def test_transactions_end_in_one_place():
    # `with transaction()`, which only doors open, commits and rolls back; nobody else does.
    ending = {
        path
        for path, tree in sources()
        for call in calls(tree)
        if call.attr in {"commit", "rollback", "begin", "begin_nested"}
    }
    assert ending == {"core/db.py"}


def test_only_doors_open_transactions(graph):
    below = {module.removeprefix("courseapp.") for module in modules_below_doors(graph)}
    opening = {
        Path(path).with_suffix("").as_posix().replace("/", ".")
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "courseapp.core.db"
        and {"transaction", "snapshot"} & {name.name for name in node.names}
    }
    assert opening
    assert not {module.removesuffix(".__init__") for module in opening} & below
