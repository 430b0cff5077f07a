"""The TypeScript of the facts is what the models say."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_generated_typescript_is_fresh() -> None:  # [RU4]
    made = runpy.run_path(str(ROOT / "scripts" / "generate_facts.py"))
    text = (ROOT / "web" / "src" / "lib" / "facts" / "facts.gen.ts").read_text(encoding="utf-8")
    assert text == made["generated"](), "run python scripts/generate_facts.py"
