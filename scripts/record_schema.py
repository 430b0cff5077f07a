"""Writes tests/vectors/schemas/<SCHEMA>.json: examples of every fact as this build shapes them.

    python scripts/record_schema.py            records the current schema
    python scripts/record_schema.py --check    exits with 1 where the shapes have changed since

Each fact has two examples: with its required fields only, and with all. Files of earlier schemas are never
written again: tests read them to prove that what was written then can still be read.
"""

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from crdt_models.documents.catalogue import CATALOGUE
from crdt_models.documents.fact import Fact
from crdt_models.documents.schema import SCHEMA

FOLDER: Final = Path(__file__).parents[1] / "tests" / "vectors" / "schemas"
WORDS: Final = ("a1", "A", "main", "#89b4fa", "EUR", "en", "2026-01-31", "0" * 64, "a1.1")
Schema = Mapping[str, Any]


def main() -> int:
    """Writes or checks; the exit code."""
    target, text = FOLDER / f"{SCHEMA}.json", recorded()
    if "--check" in sys.argv[1:]:
        fresh = target.exists() and target.read_text(encoding="utf-8") == text
        print(
            "as recorded"
            if fresh
            else f"facts no longer have the shapes recorded as schema {SCHEMA}: if that schema was released, "
            "raise SCHEMA (and SCHEMA_MIN, where older tablets would damage the new shape), give the fact "
            f"its former shape, and run python scripts/{Path(__file__).name}"
        )
        return 0 if fresh else 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return 0


def recorded() -> str:
    """Rows `[kind, fact, least, full]`; the same for the same models, whatever the machine."""
    rows = [
        json.dumps([kind.name, name, *examples(kind.name, name, fact.model)], sort_keys=True)
        for kind in CATALOGUE.values()
        for name, fact in sorted(kind.facts.items())
    ]
    return "[\n" + ",\n".join(rows) + "\n]\n"


def examples(kind: str, name: str, model: type[Fact]) -> list[Any]:
    """Two values that the model takes. Raises ValidationError where this script can't think of one."""
    schema = model.model_json_schema()
    values = [example(schema, schema.get("$defs", {}), full=full) for full in (False, True)]
    of_kind = {"kind": kind} if name == "setup" and "kind" in schema["properties"] else {}
    return [model.model_validate(value | of_kind).model_dump(exclude_unset=True) for value in values]


def example(schema: Schema, definitions: Mapping[str, Schema], *, full: bool) -> Any:
    if "$ref" in schema:
        return example(definitions[schema["$ref"].rpartition("/")[2]], definitions, full=full)
    if "anyOf" in schema:
        return example(schema["anyOf"][0 if full else -1], definitions, full=full)
    if "const" in schema or "enum" in schema:
        choices = schema.get("enum", [schema.get("const")])
        return choices[-1 if full else 0]
    match schema["type"]:
        case "object":
            named = schema.get("required", ())
            fields = {name: of for name, of in schema["properties"].items() if full or name in named}
            return {name: example(of, definitions, full=full) for name, of in fields.items()}
        case "array":
            return _list(schema, definitions, full=full)
        case "string":
            return _text(schema)
        case "integer":
            return schema.get("minimum", 0) if not full else min(schema.get("maximum", 7), 7)
        case "boolean":
            return full
        case _:
            return None


def _list(schema: Schema, definitions: Mapping[str, Schema], *, full: bool) -> list[Any]:
    size = schema.get("minItems", 0) or int(full)
    items = [example(schema["items"], definitions, full=full) for _ in range(size)]
    if items and schema["items"].get("maximum") == 10_000:  # parts of a whole, in basis points
        items[0] = 10_000 - sum(items[1:])
    return items


def _text(schema: Schema) -> str:
    pattern = schema.get("pattern", "")
    return next(word for word in WORDS if re.search(pattern, word))


if __name__ == "__main__":
    sys.exit(main())
