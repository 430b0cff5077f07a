"""Writes facts.gen.ts and rulebook.gen.ts from crdt_models.documents: the shape of every fact, the catalogue.

    python scripts/generate_facts.py            writes the file
    python scripts/generate_facts.py --check    exits with 1 where it is stale

Every model becomes an interface (fields with a default are optional, as the edit on the wire has it), every
kind of document a map from fact name to interface; of the catalogue comes what pages read.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from crdt_models.documents.catalogue import CATALOGUE, DocumentKind
from crdt_models.documents.fact import Fact, FactKind
from crdt_models.documents.schema import SCHEMA, SCHEMA_MIN
from crdt_models.rules.seating.rulebook import RULEBOOK

LIB: Final = Path(__file__).parents[1] / "web" / "src" / "lib"
TARGET: Final = LIB / "facts" / "facts.gen.ts"
RULES: Final = LIB / "twins" / "seating" / "rulebook.gen.ts"
HEAD: Final = """\
// Made by scripts/generate_facts.py from crdt_models/documents; a test fails when it is stale. Do not edit.
// Amounts are integer minor units (…_cents), times leaf milliseconds (…_ms). A field with `?` may be absent.
"""
SCHEMAS: Final = f"""\
/** The shapes this build writes, and the oldest whose edits it still reads. */
export const SCHEMA = {SCHEMA};
export const SCHEMA_MIN = {SCHEMA_MIN};

"""
Schema = Mapping[str, Any]


def main() -> int:
    """Writes or checks; the exit code."""
    texts = {TARGET: generated(), RULES: rulebook()}
    if "--check" in sys.argv[1:]:
        fresh = all(
            path.exists() and path.read_text(encoding="utf-8") == text for path, text in texts.items()
        )
        print("fresh" if fresh else f"stale: run python scripts/{Path(__file__).name}")
        return 0 if fresh else 1
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return 0


def rulebook() -> str:
    """The rules that proposals name, by the name they go by."""
    rows = [
        f"\t{_quoted(name)}: {{\n\t\tnumber: {_quoted(rule.number)},\n\t\tyear: {rule.year or 'null'},\n"
        f"\t\ttext: {_quoted(rule.text)},\n\t}},\n"
        for name, rule in RULEBOOK.items()
    ]
    head = "// Made by scripts/generate_facts.py from crdt_models/rules/seating/rulebook.py. Do not edit.\n"
    shape = "Readonly<Record<string, { number: string; year: number | null; text: string }>>"
    return f"{head}export const RULEBOOK: {shape} = {{\n{''.join(rows)}}};\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "\\'") + "'"


def generated() -> str:
    """The whole file; the same for the same models, whatever the machine."""
    parts = [HEAD, SCHEMAS]
    parts += [_interface(name, schema) for name, schema in sorted(_schemas().items())]
    parts += [
        "export interface FactsByKind {\n",
        *(_facts_of(kind) for kind in CATALOGUE.values()),
        "}\n\n",
        "export type Role = 'admin' | 'manager' | 'floor' | 'cashier' | 'dealer' | 'player' | 'display';\n",
        "export type Kind = keyof FactsByKind;\n\n",
        POLICY,
        "export const policies: Readonly<Record<Kind, Readonly<Record<string, FactPolicy>>>> = {\n",
        *(_policies_of(kind) for kind in CATALOGUE.values()),
        "};\n\n",
        "export const writers: Readonly<Record<Kind, readonly Role[]>> = {\n",
        *(f"\t{kind.name}: {_list(kind.writers)},\n" for kind in CATALOGUE.values()),
        "};\n",
    ]
    return "".join(parts)


POLICY: Final = """\
/** How facts of one name or prefix are read: which live edit counts, and which rivals are a conflict.
 *  `sameBy`: the fields by which two values mean the same; null = the whole value, [] = any two values. */
export interface FactPolicy {
\treadonly policy: 'latest' | 'earliest';
\treadonly conflict: boolean;
\treadonly sameBy: readonly string[] | null;
}

"""


def _schemas() -> dict[str, Schema]:
    """Every model that is a fact or part of one, by name."""
    found: dict[str, Schema] = {}
    models: dict[str, type[Fact]] = {}
    for kind in CATALOGUE.values():
        for fact in kind.facts.values():
            model = fact.model
            if models.setdefault(model.__name__, model) is not model:
                raise SystemExit(f"two models are named {model.__name__}")
            schema = model.model_json_schema()
            found |= schema.pop("$defs", {})
            found[model.__name__] = schema
    return found


def _interface(name: str, schema: Schema) -> str:
    required = set(schema.get("required", ()))
    lines = [f"\treadonly {field}{'' if field in required else '?'}: {_type(of)};\n"
             for field, of in schema["properties"].items()]  # fmt: skip
    comment = " ".join(schema.get("description", "").split())
    return f"/** {comment} */\nexport interface {name} {{\n{''.join(lines)}}}\n\n"


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(_type(part) for part in schema["anyOf"])
    if "const" in schema or "enum" in schema:
        return " | ".join(_literal(value) for value in schema.get("enum", [schema.get("const")]))
    if schema["type"] == "array":
        item = _type(schema["items"])
        return f"readonly ({item})[]" if "|" in item else f"readonly {item}[]"
    return {"integer": "number", "string": "string", "boolean": "boolean", "null": "null"}[schema["type"]]


def _literal(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else json.dumps(value)


def _facts_of(kind: DocumentKind) -> str:
    rows = (f"\t\t{_key(name)}: {fact.model.__name__};\n" for name, fact in kind.facts.items())
    return f"\t{kind.name}: {{\n{''.join(rows)}\t}};\n"


def _key(name: str) -> str:
    return f"[{name.rstrip('/')}: `{name}${{string}}`]" if name.endswith("/") else name


def _policies_of(kind: DocumentKind) -> str:
    facts = "".join(f"\t\t'{name}': {_policy(fact)},\n" for name, fact in kind.facts.items())
    return f"\t{kind.name}: {{\n{facts}\t}},\n"


def _policy(fact: FactKind) -> str:
    same_by = "null" if fact.same_by is None else _list(fact.same_by)
    return f"{{ policy: '{fact.policy}', conflict: {json.dumps(fact.conflict)}, sameBy: {same_by} }}"


def _list(names: frozenset[str] | tuple[str, ...]) -> str:
    ordered = sorted(names) if isinstance(names, frozenset) else names
    return "[" + ", ".join(f"'{name}'" for name in ordered) + "]"


if __name__ == "__main__":
    sys.exit(main())
