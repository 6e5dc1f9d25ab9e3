"""The house stands: imports go down only, without circles, and only commands print or exit."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Where a foreign library leaks whatever it meets, or a cleanup must run whatever happened.
CATCHES_EVERYTHING = {
    "archive.catalogue": {"BaseException"},
    "archive.export.target": {"BaseException"},
    "archive.site.build": {"BaseException"},
    "pipeline.failures": {"Exception"},
    "pipeline.inspect": {"Exception"},
    "pipeline.live": {"Exception"},
    "search.engines.tantivy_engine": {"BaseException", "Exception"},
    "search.engines.whoosh_engine": {"BaseException", "Exception"},
    "search.engines.whoosh_writer": {"BaseException"},
    "search.engines.workers": {"Exception"},
    "pipeline.intake.zip_safety": {"Exception"},
    "search.index": {"Exception"},
}
OURS = ("archive", "cli", "pipeline", "schemas", "search")
# The longest prefix decides. docs/architecture.md draws the same floors.
FLOORS = {
    "schemas": 0,
    "archive": 1,
    "search": 2,
    "pipeline": 3,
    "archive.site": 3,
    "archive.contact_sheet": 3,
    "archive.labels": 3,
    "archive.oai": 3,
    "archive.export": 3,
    "archive.serve": 3,
    "archive.live_pages": 3,
    "pipeline.commands": 4,
    "cli": 4,
}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def our_files() -> list[Path]:
    files = [ROOT / "cli.py"]
    for package in OURS:
        files.extend((ROOT / package).rglob("*.py"))
    return sorted(files)


def floor_of(module: str) -> int:
    fitting = [p for p in FLOORS if module == p or module.startswith(p + ".")]
    return FLOORS[max(fitting, key=len)]


def imports_of(path: Path, modules: set[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if name.split(".")[0] in OURS:
                yield name if name in modules else name.rpartition(".")[0] or name


def graph() -> dict[str, set[str]]:
    modules = {module_name(path) for path in our_files()}
    return {module_name(path): set(imports_of(path, modules)) for path in our_files()}


def test_imports_go_down_only() -> None:
    climbing = [
        f"{module} (floor {floor_of(module)}) imports {other} (floor {floor_of(other)})"
        for module, others in graph().items()
        for other in others
        if floor_of(other) > floor_of(module)
    ]
    assert climbing == []


def test_imports_make_no_circle() -> None:
    edges = graph()
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path, module))
        if module not in done:
            for other in edges.get(module, ()):
                if other != module:
                    visit(other, (*path, module))
            done.add(module)

    for module in edges:
        visit(module, ())


@pytest.mark.parametrize("path", our_files(), ids=module_name)
def test_only_the_command_line_prints_exits_or_catches_everything(path: Path) -> None:
    if path.name == "cli.py":
        return
    is_command = module_name(path).startswith("pipeline.commands")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert is_command or not {"print", "click.echo", "sys.exit", "exit"} & set(calls)
    handlers = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
    caught = {ast.unparse(node.type) if node.type else "" for node in handlers}
    allowed = CATCHES_EVERYTHING.get(module_name(path), set())
    assert caught & {"", "Exception", "BaseException"} <= allowed


def test_a_module_is_one_job_and_not_a_drawer() -> None:
    names = {path.stem for path in our_files()}
    assert not names & {"utils", "util", "helpers", "common", "misc"}
