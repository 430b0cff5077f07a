"""Every code that a route answers with is documented, and every documented code is used."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "reference" / "errors.md"
RAISED = re.compile(r'Problem\(\s*(\d{3}),\s*"([a-z_]+)"')
OTHERWISE = {("401", "expired"), ("400", "malformed"), ("404", "not_found"), ("405", "wrong_method")}


def test_the_table_of_errors_is_whole() -> None:
    raised = {
        found
        for package in ("serving", "leaf_server", "core_server")
        for path in (ROOT / package).rglob("*.py")
        for found in RAISED.findall(path.read_text())
    }
    rows = re.findall(r"^\| ([^|]+) \| (\d{3}) \|", DOCUMENT.read_text(), re.M)
    documented = {(status, code) for codes, status in rows for code in re.findall(r"`([a-z_]+)`", codes)}
    assert raised - documented == set()
    assert documented - raised - OTHERWISE == set()
