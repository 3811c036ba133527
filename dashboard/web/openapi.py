"""The OpenAPI 3.1 document, made of the definitions that check the requests."""

from typing import Any

from dashboard.exports import FORMATS
from dashboard.exports.csvw import MEDIA_TYPE as COMPANION_TYPE
from dashboard.exports.datasets import DATASETS, Dataset
from dashboard.query.parameters import FILTERS, LIMIT, OFFSET, Parameter, columns_parameter
from dashboard.web.openapi_parts import (
    COUNT,
    TEXT,
    TEXTS,
    build_operation,
    health_path,
    object_schema,
    ok_response,
    positions_path,
)
from dashboard.web.response_cache import CSV_METADATA
from geocache.version import __version__

NUMBERS = {"latitude", "longitude", "score", "distance_km"}
COUNTS = {"sites", "cities", "trials", "recruiting", "countries"}

_ABOUT = """The sites of clinical trials, where they are, and how exactly that is known.

The filters are those of the page's address bar: what stands after `?` there can be pasted here.
Values of one filter are alternatives, different filters all apply; an empty value of an open
filter asks nothing. Parameters that begin with `view_` are the page's own and are passed over.
Equal data gives equal bytes; `ETag` and `If-None-Match` save sending them twice. Nothing here
changes anything."""


def build_document() -> dict[str, Any]:
    """The whole document."""
    shared = {name: parameter_object(p) for name, p in FILTERS.items()}
    shared |= {"limit": parameter_object(LIMIT), "offset": parameter_object(OFFSET)}
    paths: dict[str, Any] = {"/api/health": health_path()}
    for table in DATASETS.values():
        for suffix in (*table.suffixes, CSV_METADATA):
            paths[f"/api/{table.name}.{suffix}"] = _table_path(table, suffix)
    paths["/api/positions"] = positions_path()
    paths["/api/openapi.json"] = {
        "get": build_operation("openapi", "This document", ok_response({"type": "object"}))
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Trial site map",
            "version": __version__,
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "parameters": shared,
            "schemas": {
                "Error": object_schema({"error": TEXT, "message": TEXT}),
                "BadParameter": object_schema(
                    {
                        "error": TEXT,
                        "message": TEXT,
                        "parameter": TEXT,
                        "value": TEXT,
                        "allowed": TEXTS,
                    },
                    optional={"parameter", "value", "allowed"},
                ),
                "About": _about(),
                **{t.name.capitalize(): _table_schema(t) for t in DATASETS.values()},
            },
            "responses": _error_responses(),
        },
    }


def parameter_object(parameter: Parameter) -> dict[str, Any]:
    """A parameter as OpenAPI writes it."""
    made: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.about,
        "schema": parameter.schema,
    }
    if parameter.many:
        made["schema"] = {"type": "array", "items": parameter.schema, "maxItems": parameter.most}
        made["style"] = "form"
        made["explode"] = parameter.name != "columns"
    return made


def _about() -> dict[str, Any]:
    return object_schema(
        {
            "as_of": {**TEXT, "description": "Newest date of the trials in it, ISO 8601."},
            "as_of_oldest": {**TEXT, "description": "Oldest date of the trials in it."},
            "filter": {**TEXT, "description": "Query string that asks for the same."},
            "rows": COUNT,
            "total": {**COUNT, "description": "Rows before limit and offset."},
            "lists": TEXTS,
            "position_sources": TEXTS,
            "attribution": TEXTS,
            "written_by": TEXT,
        }
    )


def _column(name: str, table: str) -> dict[str, Any]:
    if name in NUMBERS:
        return {"type": ["number", "null"]}
    if name in COUNTS and table != "sites":
        return COUNT
    return TEXT


def _table_schema(table: Dataset) -> dict[str, Any]:
    columns = {name: _column(name, table.name) for name in table.columns}
    if table.distance:
        columns["distance_km"] = _column("distance_km", table.name)
    field = object_schema({"name": TEXT, "type": {"enum": ["string", "number", "integer"]}})
    fields = object_schema({"fields": {"type": "array", "items": field}})
    row = {"type": "object", "properties": columns, "additionalProperties": False}
    return object_schema(
        {
            "title": TEXT,
            "about": {"$ref": "#/components/schemas/About"},
            "schema": fields,
            "data": {"type": "array", "items": row},
        }
    )


def _error_responses() -> dict[str, Any]:
    def said(words: str, schema: str) -> dict[str, Any]:
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
        return {"description": words, "content": content}

    return {
        "BadParameter": said(
            "A parameter that is unknown, or has a value that is not allowed; `allowed` has the "
            "nearest spelling first. Or a query that is too long, or rows that do not fit.",
            "BadParameter",
        ),
        "Starting": said("The site lists are still being opened, or could not be.", "Error"),
    }


def _table_path(table: Dataset, suffix: str) -> dict[str, Any]:
    parameters = [
        *({"$ref": f"#/components/parameters/{name}"} for name in FILTERS),
        parameter_object(columns_parameter(table.columns)),
        {"$ref": "#/components/parameters/limit"},
        {"$ref": "#/components/parameters/offset"},
    ]
    if suffix == CSV_METADATA:
        media_type, words = COMPANION_TYPE, f"What stands beside {table.name}.csv"
    else:
        media_type = FORMATS[suffix].media_type.partition(";")[0]
        words = f"{table.about}, as {FORMATS[suffix].label}"
    schema: dict[str, Any] = {"type": "string"}
    if suffix == "json":
        schema = {"$ref": f"#/components/schemas/{table.name.capitalize()}"}
    elif suffix in {"geojson", CSV_METADATA}:
        schema = {"type": "object"}
    elif suffix in {"xlsx", "parquet"}:
        schema = {}
    name = f"{table.name}_{suffix}".replace(".", "_").replace("-", "_")
    answers = ok_response(schema, media_type)
    answers["200"]["headers"] = {
        "ETag": {"schema": TEXT},
        "X-As-Of": {"schema": TEXT, "description": "Newest date of the trials in it."},
        "X-Total-Count": {"schema": TEXT, "description": "Rows before limit and offset."},
        "X-Attribution": {"schema": TEXT, "description": "Whose data it is."},
    }
    return {"get": build_operation(name, words, answers, parameters, asks=True)}
