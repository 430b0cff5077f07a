"""The house is in order: nothing left over, nothing stale, every rule of the spec has a test."""

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
TOP_LEVEL: Final = {
    "crdt_models", "leaf_server", "core_server", "ledger", "web", "tests", "docs",
    "felt", "serving", "bench", "scripts", "requirements",
    ".ci", ".gitignore", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "pyproject.toml",
}  # fmt: skip
SERVERS: Final = ("ledger", "serving", "leaf_server", "core_server")
LINES_MAX: Final = 500
TEXT: Final = {
    ".py",
    ".ts",
    ".svelte",
    ".md",
    ".sql",
    ".sh",
    ".toml",
    ".txt",
    ".in",
    ".json",
    ".css",
    ".html",
}
CODE: Final = {".py", ".ts", ".svelte", ".sql", ".sh"}
LEFT_OVER: Final = re.compile(r"\b(?:FIX" r"ME|TO" r"DO|X" r"XX)\b")
SPEC_ID: Final = re.compile(r"\[([A-Z]{2,4}[0-9]+)\]")
RULE_ID: Final = re.compile(r"^- \*\*\[([A-Z]{2,4}[0-9]+)\]\*\*", re.MULTILINE)
FEATURE_ID: Final = re.compile(r"\b(?:NEW|FELT|PVM|PIT|INF)-[0-9]+\b")
QUOTED: Final = re.compile(r"`([^`]+)`")
LINK: Final = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """All files of the repository that are text."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [Path(line) for line in listed.stdout.splitlines()]
    return [path for path in paths if path.suffix in TEXT and (ROOT / path).exists()]


def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_the_top_level_holds_what_the_layout_names() -> None:
    listed = subprocess.run(
        ["git", "ls-tree", "--name-only", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(listed.stdout.split()) == TOP_LEVEL


def test_nothing_is_left_to_be_done_in_comments(files: list[Path]) -> None:
    assert [str(path) for path in files if path.suffix in CODE and LEFT_OVER.search(text(path))] == []


def test_no_file_holds_more_than_one_can_read(files: list[Path]) -> None:
    foreign = Path("bench/sync")  # the sync bench is shared with other projects, and kept as it is
    written = [path for path in files if path.suffix in CODE and ".gen." not in path.name]
    written = [path for path in written if not path.is_relative_to(foreign)]
    assert [str(path) for path in written if text(path).count("\n") > LINES_MAX] == []


def test_links_in_documents_lead_somewhere(files: list[Path]) -> None:
    broken = [
        f"{path}: {link}"
        for path in files
        if path.suffix == ".md"
        for link in LINK.findall(text(path))
        if "://" not in link and not (ROOT / path.parent / link).exists()
    ]
    assert broken == []


def test_every_rule_of_the_spec_has_a_test(files: list[Path]) -> None:
    spec = {
        ident for path in files if path.parts[:2] == ("docs", "spec") for ident in SPEC_ID.findall(text(path))
    }
    tested: set[str] = set()
    for path in files:
        if "test" in path.name or path.parts[0] == "tests":
            tested |= set(SPEC_ID.findall(text(path)))
    assert sorted(spec - tested) == []
    assert sorted(tested - spec) == []


def test_every_rule_of_the_spec_has_an_id_of_its_own(files: list[Path]) -> None:
    specs = [path for path in files if path.parts[:2] == ("docs", "spec")]
    ids = Counter(ident for path in specs for ident in RULE_ID.findall(text(path)))
    assert [ident for ident, count in ids.items() if count > 1] == []


def test_the_list_of_features_is_true() -> None:
    """Every id stands once; every path and test named is there; what is done names a test."""
    features = text(Path("docs/features.md"))
    assert [ident for ident, times in Counter(FEATURE_ID.findall(features)).items() if times > 1] == []
    rows = [line.strip("|").split(" | ") for line in features.splitlines() if line.startswith("| ")]
    untrue = [
        f"{ident}: {quoted}"
        for ident, _, _, where, shown in rows
        for quoted in QUOTED.findall(where + shown)
        if not is_there(*quoted.split("::", 1))
    ]
    assert untrue == []
    assert [row[0] for row in rows if row[2] == "done" and not QUOTED.search(row[4])] == []


def is_there(path: str, test: str = "") -> bool:
    """Whether a file or folder exists and, where one is named, holds that test."""
    if not (ROOT / path).exists():
        return False
    return not test or (f"def {test}(" if path.endswith(".py") else f"test('{test}'") in text(Path(path))


def test_generated_files_are_fresh() -> None:
    made = subprocess.run(
        [sys.executable, "scripts/generate_facts.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr or made.stdout


def test_locks_name_no_index_of_their_own() -> None:
    for path in sorted((ROOT / "requirements").iterdir()):
        assert "://" not in path.read_text(), path
    hosts = set(re.findall(r'"resolved": "https?://([^/]+)/', (ROOT / "web/package-lock.json").read_text()))
    assert hosts <= {"registry.npmjs.org"}


def test_nothing_names_a_place_on_somebodys_machine(files: list[Path]) -> None:
    named = re.compile("/(?:home|Users)/[a-z]+/|/roo" + "t/|/wor" + "k/")
    assert [str(path) for path in files if named.search(text(path))] == []


def test_every_code_of_the_servers_is_told_of_and_has_words() -> None:
    """Sentences for people are the pages'; a code without one would be said in the server's own words."""
    raised = {"Problem": 1, "Refusal": 0, "CommandInvalid": 0}  # name → where the code stands
    servers = [path for name in SERVERS for path in sorted((ROOT / name).rglob("*.py"))]
    calls = [
        call
        for path in servers
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in raised
    ]
    places = [part for call in calls for part in call.args[raised[getattr(call.func, "id", "")] :][:1]]
    codes = {str(one.value) for place in places for one in ast.walk(place) if isinstance(one, ast.Constant)}
    told = set(re.findall(r"`(\w+)`", text(ROOT / "docs/reference/errors.md")))
    told |= set(
        re.findall(r"\w+", text(ROOT / "docs/reference/interfaces.md").partition("Refusal codes:")[2])
    )
    words = text(ROOT / "web/src/lib/words/access-words.ts") + text(ROOT / "web/src/lib/words/words.ts")
    assert len(codes) > 100
    assert codes - told == set()
    assert codes - set(re.findall(r"^\t(\w+): \[", words, re.MULTILINE)) == set()
