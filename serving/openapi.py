"""The OpenAPI 3.1 document of a server, made of the same table as its routes, and a page to read it on."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from typing import Any, Final

import anyio
import anyio.to_thread
from anyio import Lock
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from .operations import NoBody, Operation

__all__ = ["document", "openapi_routes"]

_PARAMETER: Final = re.compile(r"\{([a-z_]+)(?::path)?\}")
_NO_WORD: Final = re.compile(r"(?::path)?[^A-Za-z0-9]+")
_PROBLEM: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "error"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "error": {
            "type": "object",
            "required": ["code", "message", "details"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "details": {"type": "object"},
            },
        },
    },
}


def document(operations: Iterable[Operation], *, title: str, version: str) -> dict[str, Any]:
    """OpenAPI 3.1, JSON-able."""
    schemas: dict[str, Any] = {"Problem": _PROBLEM}
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        path = _PARAMETER.sub(r"{\1}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "felt_session"},
            },
        },
    }


def openapi_routes(operations: Iterable[Operation], *, title: str, version: str) -> list[Route]:
    """`/openapi.json` and `/docs`, made when first asked for, aside: it takes a quarter of a second."""
    one_at_a_time = Lock()
    told = tuple(operations)

    @cache
    def make() -> dict[str, Any]:
        return document(told, title=title, version=version)

    async def made() -> dict[str, Any]:
        async with one_at_a_time:
            return await anyio.to_thread.run_sync(make)

    async def openapi(_: Request) -> Response:
        return JSONResponse(await made())

    async def docs(_: Request) -> Response:
        return HTMLResponse(_page(await made()))

    return [Route("/openapi.json", openapi), Route("/docs", docs)]


def _operation(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": f"{operation.method.lower()}{_NO_WORD.sub('_', operation.path).rstrip('_')}",
        "summary": operation.summary,
        "responses": _responses(operation, schemas),
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(operation.path)
    ]
    for place, told in (("query", operation.query), ("header", operation.headers)):
        parameters += [
            {"name": name, "in": place, "required": place == "header", "schema": {"type": "string"},
             "description": meaning}
            for name, meaning in told.items()
        ]  # fmt: skip
    if parameters:
        found["parameters"] = parameters
    if operation.body is not NoBody:
        content = {"application/json": {"schema": _schema(operation.body, schemas)}}
        found["requestBody"] = {"required": True, "content": content}
    if operation.roles is not None:
        found["security"] = [{"bearer": []}, {"cookie": []}]
        found["x-felt-roles"] = sorted(operation.roles) or ["any"]
    return found


def _responses(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": "as the summary says"}
    if operation.answer is not None:
        schema = (
            dict(operation.answer)
            if isinstance(operation.answer, Mapping)
            else _schema(operation.answer, schemas)
        )
        answer["content"] = {"application/json": {"schema": schema}}
    told = {str(operation.status): answer}
    statuses = dict(operation.problems)
    if operation.method != "GET":
        statuses |= {400: "malformed", 413: "too_large", 422: "unknown_field, invalid"}
    if operation.roles is not None:
        statuses |= {401: "signed_out, expired", 403: statuses.get(403, "forbidden")}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    told |= {
        str(status): {"description": codes, "content": problem} for status, codes in sorted(statuses.items())
    }
    return told


def _schema(model: type[BaseModel], schemas: dict[str, Any]) -> dict[str, Any]:
    made = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(made.pop("$defs", {}))
    schemas[model.__name__] = made
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _page(made: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{method.upper()}</code></td><td><code>{escape(path)}</code></td>"
        f"<td>{escape(', '.join(told.get('x-felt-roles', ['nobody signed in'])))}</td>"
        f"<td>{escape(told['summary'])}</td></tr>"
        for path, methods in made["paths"].items()
        for method, told in methods.items()
    )
    title = escape(made["info"]["title"])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        "<style>body{font:16px/1.5 system-ui;margin:2rem;background:#1e1e2e;color:#cdd6f4}a{color:#89b4fa}"
        "table{border-collapse:collapse}td,th{border-bottom:1px solid #45475a;padding:.4rem .8rem;"
        f"text-align:left;vertical-align:top}}</style><h1>{title}</h1>"
        '<p>All shapes: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).</p>'
        f"<table><tr><th>Method<th>Path<th>Roles<th>What it does</tr>{rows}</table></html>"
    )
