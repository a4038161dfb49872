"""The floors of docs/architecture.md: a module imports only from floors below it, or its own."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# The first that fits counts.
FLOORS = {
    "inference.ollama": 1,
    "inference.practice": 1,
    "accounts": 2,
    "inference": 3,
    "chat": 4,
    "models_admin": 4,
    "gateway": 4,
    "webchat": 5,
}
# Of floor 1, which stands by itself, and of the apps side by side on floor 4.
APART = {"inference.ollama", "inference.practice", "chat", "models_admin", "gateway"}
OUTSIDE = {"inference.ollama": ("django",), "inference.practice": ("django",)}


def room(module: str) -> str | None:
    """The entry of FLOORS that a module stands in."""
    return next((name for name in FLOORS if f"{module}.".startswith(f"{name}.")), None)


def modules() -> Iterator[tuple[str, Path]]:
    for folder in {name.split(".")[0] for name in FLOORS}:
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(module: str, path: Path) -> Iterator[str]:
    """The modules that it imports, also inside functions."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1]
            start = ".".join(base) if node.level else ""
            source = ".".join(filter(None, [start, node.module or ""]))
            yield from (f"{source}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("folder", sorted({name.split(".")[0] for name in FLOORS}))
def test_nothing_is_imported_from_above(folder):
    wrong = []
    for module, path in modules():
        here = room(module)
        if not module.startswith(folder) or here is None:
            continue
        for wanted in imports(module, path):
            there = room(wanted)
            if there is None or there == here:
                forbidden = wanted.split(".")[0] in OUTSIDE.get(here, ())
            else:
                beside = here in APART and FLOORS[there] == FLOORS[here]
                forbidden = FLOORS[there] > FLOORS[here] or beside
            if forbidden:
                wrong.append(f"{module} imports {wanted}")
    assert not wrong


def test_only_the_server_imports_daphne():
    users = [
        module
        for module, path in modules()
        if any(wanted.startswith("daphne") for wanted in imports(module, path))
    ]
    assert users == ["webchat.serve"]


def test_only_the_client_of_ollama_imports_httpx():
    users = {
        room(module)
        for module, path in modules()
        if any(wanted.startswith(("httpx", "httpcore")) for wanted in imports(module, path))
    }
    assert users == {"inference.ollama"}
