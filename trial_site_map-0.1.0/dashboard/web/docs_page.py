"""The API's documentation as one HTML page, built from the OpenAPI document and the parameters."""

from collections.abc import Sequence
from html import escape
from typing import Any
from urllib.parse import urlencode

from dashboard.exports import FORMATS
from dashboard.exports.datasets import DATASETS
from dashboard.query.filters import FILTERS
from dashboard.query.parameters import LIMIT, OFFSET, Parameter, columns_parameter

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
code { font-family: ui-monospace, monospace; font-size: .92em }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem }
tr { border-bottom: 1px solid #8886 }
details { margin: .3rem 0 } summary { cursor: pointer }
a { color: #1d4ed8 } @media (prefers-color-scheme: dark) { a { color: #8ab4ff } }
"""


def build_page(document: dict[str, Any]) -> str:
    """The page, without scripts and without anything from another host."""
    info = document["info"]
    about = "".join(f"<p>{_format_text(part)}</p>" for part in info["description"].split("\n\n"))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])}: HTTP API</title><style>{_STYLE}</style></head>"
        "<body><main>"
        f"<h1>{escape(info['title'])}: HTTP API</h1>{about}"
        '<p>For programs: <a href="/api/openapi.json">OpenAPI 3.1</a>. '
        '<a href="/">Back to the map</a>.</p>'
        f"<h2>Routes</h2>{_build_routes(document)}"
        f"<h2>Parameters</h2>{_build_parameters()}"
        f"<h2>Columns</h2>{_build_columns()}"
        f"<h2>Errors</h2>{_build_errors(document)}"
        "</main></body></html>"
    )


def _format_text(text: str) -> str:
    """Text as HTML on one line, with `code` from backticks."""
    parts = escape(" ".join(text.split())).split("`")
    return "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(parts))


def _build_table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    top = "".join(f'<th scope="col">{name}</th>' for name in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _build_routes(document: dict[str, Any]) -> str:
    rows = []
    for path, methods in document["paths"].items():
        example = "?place=Graz%2C+Austria" if path == "/api/positions" else ""
        link = f'<a href="{path}{example}"><code>{path}</code></a>'
        rows.append((link, escape(methods["get"]["summary"])))
    rows.sort(key=lambda row: "metadata" in row[0])
    return _build_table(("GET", "Response"), rows)


def _build_parameters() -> str:
    columns = columns_parameter(DATASETS["sites"].columns)
    rows = []
    for parameter in (*FILTERS.values(), columns, LIMIT, OFFSET):
        query = urlencode({parameter.name: parameter.example})
        example = f"/api/sites.csv?{escape(query)}"
        rows.append(
            (
                f"<code>{parameter.name}</code>"
                + (" (repeatable)" if parameter.repeatable else ""),
                _format_text(parameter.about) + _format_allowed(parameter),
                f'<a href="{example}"><code>{escape(query)}</code></a>'
                if parameter.example
                else "",
            )
        )
    return _build_table(("Name", "Meaning", "Example"), rows)


def _format_allowed(parameter: Parameter) -> str:
    allowed = parameter.schema.get("enum", [])
    if not allowed or parameter.name == "columns":
        return ""
    shown = ", ".join(f"<code>{escape(str(value))}</code>" for value in allowed)
    if len(allowed) < 12:
        return f"<br>One of {shown}."
    return f"<details><summary>{len(allowed)} values</summary>{shown}</details>"


def _build_columns() -> str:
    rows = [
        (
            f"<code>/api/{dataset.name}.*</code>",
            ", ".join(f"<code>{name}</code>" for name in dataset.columns)
            + (", and with <code>near</code> <code>distance_km</code>" if dataset.distance else ""),
            ", ".join(escape(FORMATS[suffix].label) for suffix in dataset.suffixes),
        )
        for dataset in DATASETS.values()
    ]
    return _build_table(("Routes", "Columns", "Formats"), rows)


def _build_errors(document: dict[str, Any]) -> str:
    responses = document["paths"]["/api/sites.csv"]["get"]["responses"]
    shared = document["components"]["responses"]
    rows = []
    for code, response in responses.items():
        named = response.get("$ref", "").rpartition("/")[2]
        text = shared[named]["description"] if named else response["description"]
        rows.append((f"<code>{code}</code>", _format_text(text)))
    return _build_table(("Status", "Meaning"), rows)
