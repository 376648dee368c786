"""The house rules that a machine can check (docs/ARCHITECTURE.md, house style)."""

import ast
import dataclasses
import importlib
import inspect
import re
from functools import cache
from pathlib import Path

import pytest
from jinja2 import nodes

from forum import wiring
from forum.core import templating
from forum.core.events import wired

ROOT = Path(__file__).parent.parent
FILE_CAP, FUNCTION_CAP, ROUTE_CAP, TEMPLATE_CAP, CSS_CAP = 500, 60, 12, 120, 250
MAY_BE_FULL = {"forum/models/__init__.py", "forum/cli/__init__.py", "tests/make/__init__.py"}
COMMITS = {"forum/core/db.py"}
COMPARES_ROLES = {
    "forum/topics/people.py": "prints the word moderator beside a name",
}
"""Files outside policy that look at a role, each with why."""
ONLY_THERE = {
    "passlib": {"forum/accounts/passwords.py"},
    "whoosh": {"forum/search/whoosh_index.py"},
    "markdown_it": {"forum/core/markdown.py"},
    "nh3": {"forum/core/markdown.py"},
    "httpx2": {"forum/core/outgoing.py"},
    "datasketches": {"forum/core/sketches.py"},
    "PIL": {"forum/core/images.py"},
    "jinja2": {"forum/core/templating.py"},
    "smtplib": {"forum/core/mail.py"},
    "alembic": {"forum/core/migrations.py"},
}
LEFT_UNWRITTEN = {
    "MemberBlocked": "whom somebody does not want to hear from is theirs alone",
    "RestSuggested": "a quiet word to one person that staff never read",
}
"""Events that make no activity row, each with why."""
HTTP_FLOORS = ("forum/web/", "forum/routes/", "forum/app.py", "forum/cli/")


@cache
def source_of_forum() -> dict[str, str]:
    return {str(path.relative_to(ROOT)): path.read_text() for path in sorted((ROOT / "forum").rglob("*.py"))}


def sources_of_tests() -> dict[str, str]:
    return {str(path.relative_to(ROOT)): path.read_text() for path in sorted((ROOT / "tests").rglob("*.py"))}


@cache
def trees() -> dict[str, ast.Module]:
    return {path: ast.parse(text) for path, text in source_of_forum().items()}


def functions(tree: ast.AST):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def imported(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def test_files_fit():
    long = {path: len(text.splitlines()) for path, text in {**source_of_forum(), **sources_of_tests()}.items()}
    assert {path: lines for path, lines in long.items() if lines > FILE_CAP} == {}


def test_functions_fit():
    long = {
        f"{path}:{function.name}": function.end_lineno - function.lineno + 1
        for path, tree in trees().items()
        for function in functions(tree)
    }
    assert {name: lines for name, lines in long.items() if lines > FUNCTION_CAP} == {}


def test_routes_are_thin():
    thick = {}
    for path, tree in trees().items():
        for function in functions(tree):
            if not path.startswith("forum/routes/") or not any("router." in ast.unparse(one) for one in function.decorator_list):
                continue
            body = function.body[1:] if ast.get_docstring(function) else function.body
            lines = body[-1].end_lineno - body[0].lineno + 1
            if lines > ROUTE_CAP:
                thick[f"{path}:{function.name}"] = lines
    assert thick == {}


@pytest.mark.parametrize(("folder", "ending", "cap"), [("templates", "*.html", TEMPLATE_CAP), ("static/css", "*.css", CSS_CAP)])
def test_templates_and_styles_fit(folder, ending, cap):
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in (ROOT / folder).rglob(ending)}
    assert long
    assert {path: lines for path, lines in long.items() if lines > cap} == {}


def test_only_one_file_commits():
    assert {path for path, text in source_of_forum().items() if re.search(r"\.commit\(", text)} - COMMITS - {
        "forum/search/whoosh_index.py"
    } == set()


def test_roles_are_compared_in_policy_alone():
    found = set()
    for path, tree in trees().items():
        if path.startswith(("forum/policy/", "forum/models/", "forum/demo/")):  # the demo casts its people by role
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare) and re.search(r"\bRole\.\w+", ast.unparse(node)):
                found.add(path)
    assert found - set(COMPARES_ROLES) == set()
    assert set(COMPARES_ROLES) - found == set(), "no longer needed"


def test_templates_ask_no_roles():
    for path in (ROOT / "templates").rglob("*.html"):
        assert not re.search(r"role\s*==|author_id|member_id\s*==", path.read_text()), path


@pytest.mark.parametrize("library", ONLY_THERE)
def test_what_can_be_swapped_is_imported_once(library):
    users = {path for path, tree in trees().items() if any(name.split(".")[0] == library for name in imported(tree))}
    assert users == ONLY_THERE[library]


def test_nobody_below_web_knows_http():
    users = {
        path
        for path, tree in trees().items()
        if not path.startswith(HTTP_FLOORS) and any(name.split(".")[0] in ("fastapi", "starlette") for name in imported(tree))
    }
    assert users == set()


def test_policy_queries_nothing():
    for path, tree in trees().items():
        if path.startswith("forum/policy/"):
            assert not {name for name in imported(tree) if name.startswith(("sqlalchemy", "sqlmodel"))}, path


def test_packages_have_empty_doors():
    full = {
        path
        for path, text in {**source_of_forum(), **sources_of_tests()}.items()
        if path.endswith("__init__.py") and text.strip()
    }
    assert full - MAY_BE_FULL == set()


def test_every_module_says_what_it_is():
    silent = {path for path, tree in trees().items() if not path.endswith("__init__.py") and not ast.get_docstring(tree)}
    assert silent == set()


def test_imports_stand_at_the_top():
    late = {
        f"{path}:{function.name}"
        for path, tree in trees().items()
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert late == set()


def test_every_event_is_wired():
    events = {
        kind
        for path in source_of_forum()
        if path.endswith("/events.py") and path != "forum/core/events.py"
        for _, kind in inspect.getmembers(importlib.import_module(path[:-3].replace("/", ".")), inspect.isclass)
        if dataclasses.is_dataclass(kind) and kind.__module__ == path[:-3].replace("/", ".")
    }
    assert len(events) > 25
    assert events - set(wired()) == set()
    unrecorded = {kind.__name__ for kind, handlers in wired().items() if handlers[0].__name__ != "record"}
    assert unrecorded == set(LEFT_UNWRITTEN)


def test_every_job_that_is_put_is_known():
    put = {name for text in source_of_forum().values() for name in re.findall(r'enqueue\(\s*\w+,\s*"([\w.]+)"', text)}
    assert put
    assert put - set(wiring.JOBS) == set()
    assert {task.name for task in wiring.SCHEDULE} <= set(wiring.JOBS)


def templates() -> list[str]:
    folder = ROOT / "templates"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", templates())
def test_every_template_compiles(name):
    assert templating.environment().get_template(name).render


def test_every_template_is_reached():
    environment = templating.environment()
    named = {name for text in source_of_forum().values() for name in re.findall(r'"([\w/]+\.(?:html|txt|xml))"', text)}
    named |= {f"pages/{name}.html" for name in re.findall(r'"(\w+)"', source_of_forum()["forum/routes/static_pages.py"])}
    named |= {f"email/{name}.txt" for text in source_of_forum().values() for name in re.findall(r'"(\w+)"', text)}
    reached = named & set(templates())
    waiting = list(reached)
    while waiting:
        text = environment.loader.get_source(environment, waiting.pop())[0]
        for node in environment.parse(text).find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
            if isinstance(node.template, nodes.Const) and node.template.value not in reached:
                reached.add(node.template.value)
                waiting.append(node.template.value)
    assert set(templates()) - reached == set()


def test_migrations_stand_alone():
    for path in (ROOT / "alembic" / "versions").glob("*.py"):
        assert not {name for name in imported(ast.parse(path.read_text())) if name.split(".")[0] == "forum"}, path
