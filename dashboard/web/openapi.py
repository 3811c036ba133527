"""Builds the OpenAPI 3.1 document from the parameters and datasets that requests are checked by."""

from typing import Any

from dashboard.exports import FORMATS
from dashboard.exports.comparison import PARAMETERS
from dashboard.exports.csvw import MEDIA_TYPE as CSVW_MEDIA_TYPE
from dashboard.exports.datasets import DATASETS, Dataset
from dashboard.query.filters import FILTERS
from dashboard.query.parameters import LIMIT, OFFSET, Columns, Parameter, columns_parameter
from dashboard.reports.request import PARAMETERS as REPORT_PARAMETERS
from dashboard.web.openapi_parts import (
    COUNT,
    TEXT,
    TEXTS,
    build_compare_paths,
    build_health_path,
    build_operation,
    build_picture_paths,
    build_positions_path,
    object_schema,
    ok_response,
)
from dashboard.web.response_cache import CSV_METADATA
from geocache.version import __version__

NUMBERS = {
    *("latitude", "longitude", "score", "uncertainty_km", "distance_km"),
    *("people", "coverage", "sites_per_million", "within_km", "reached", "share", "choice_share"),
    *(
        "recruiting_per_million",
        "within_min",
        "access_per_million",
        "against_share",
        "only_here",
        "only_here_share",
    ),
    *("enrollment", "median_km", "gini", "nearest_km", "adds", "adds_share", "share_after"),
}
COUNTS = {
    *("sites", "cities", "trials", "recruiting", "countries", "rank"),
    *("recruiting_trials", "recruiting_sites", "sponsors", "spellings"),
}

_ABOUT = """The sites of clinical trials, where they are, and how exactly that is known.

The filters are those of the page's address bar: what comes after `?` there can be pasted here.
The own columns of lists come after ours: `field.NAME=value` filters by one of them, and
`field.NAME.min` and `field.NAME.max` by a range of numbers or dates.
Values of one filter are alternatives, different filters all apply; an empty value of an open
filter does nothing. Parameters that begin with `view_` are the page's own and are ignored.
Equal data gives equal bytes; `ETag` and `If-None-Match` save sending them twice. The API is
read-only."""


def build_document() -> dict[str, Any]:
    """The whole document."""
    shared = {name: build_parameter(p) for name, p in FILTERS.items()}
    shared |= {"limit": build_parameter(LIMIT), "offset": build_parameter(OFFSET)}
    paths: dict[str, Any] = {"/api/health": build_health_path()}
    for dataset in DATASETS.values():
        for suffix in (*dataset.suffixes, CSV_METADATA):
            paths[f"/api/{dataset.name}.{suffix}"] = _dataset_path(dataset, suffix)
    compare = [build_parameter(parameter) for parameter in PARAMETERS.values()]
    paths |= build_compare_paths(compare, required=("a", "b"))
    paths |= build_picture_paths(
        [
            *({"$ref": f"#/components/parameters/{name}"} for name in FILTERS),
            *map(build_parameter, REPORT_PARAMETERS),
        ]
    )
    paths["/api/positions"] = build_positions_path()
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
                "About": _about_schema(),
                **{d.name.capitalize(): _dataset_schema(d) for d in DATASETS.values()},
            },
            "responses": _error_responses(),
        },
    }


def build_parameter(parameter: Parameter) -> dict[str, Any]:
    """A parameter object of OpenAPI."""
    built: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.about,
        "schema": parameter.schema,
    }
    if parameter.repeatable:
        built["schema"] = {"type": "array", "items": parameter.schema, "maxItems": parameter.most}
        built["style"] = "form"
        built["explode"] = not isinstance(parameter, Columns)
    return built


def _about_schema() -> dict[str, Any]:
    return object_schema(
        {
            "as_of": {**TEXT, "description": "Newest date of its trials, ISO 8601."},
            "as_of_oldest": {**TEXT, "description": "Oldest date of its trials."},
            "filter": {**TEXT, "description": "Query string that asks for the same rows."},
            "rows": COUNT,
            "total": {**COUNT, "description": "Rows before limit and offset."},
            "lists": TEXTS,
            "position_sources": TEXTS,
            "attribution": TEXTS,
            "written_by": TEXT,
            "method": {**TEXT, "description": "How the figures were computed."},
        },
        optional={"method"},
    )


def _column_schema(name: str, dataset: str) -> dict[str, Any]:
    if name in NUMBERS:
        return {"type": ["number", "null"]}
    if name in COUNTS and dataset != "sites":
        return COUNT
    return TEXT


def _dataset_schema(dataset: Dataset) -> dict[str, Any]:
    columns = {name: _column_schema(name, dataset.name) for name in dataset.columns}
    if dataset.distance:
        columns["distance_km"] = _column_schema("distance_km", dataset.name)
    field = object_schema({"name": TEXT, "type": {"enum": ["string", "number", "integer"]}})
    fields = object_schema({"fields": {"type": "array", "items": field}})
    own = {"type": ["string", "number", "null"]} if dataset.distance else False
    row = {"type": "object", "properties": columns, "additionalProperties": own}
    return object_schema(
        {
            "title": TEXT,
            "about": {"$ref": "#/components/schemas/About"},
            "schema": fields,
            "data": {"type": "array", "items": row},
        }
    )


def _error_responses() -> dict[str, Any]:
    def error(description: str, schema: str) -> dict[str, Any]:
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
        return {"description": description, "content": content}

    return {
        "BadParameter": error(
            "A parameter that is unknown or has a value that is not allowed; `allowed` has the "
            "most similar first. Or a query that is too long, or rows that do not fit.",
            "BadParameter",
        ),
        "Starting": error(
            "The site lists are still being opened, or could not be opened; or too many pictures "
            "wait to be drawn.",
            "Error",
        ),
    }


def _dataset_path(dataset: Dataset, suffix: str) -> dict[str, Any]:
    parameters = [
        *({"$ref": f"#/components/parameters/{name}"} for name in FILTERS),
        *map(build_parameter, dataset.own),
        build_parameter(columns_parameter(dataset.columns)),
        {"$ref": "#/components/parameters/limit"},
        {"$ref": "#/components/parameters/offset"},
    ]
    if suffix == CSV_METADATA:
        media_type, summary = CSVW_MEDIA_TYPE, f"CSV on the Web metadata of {dataset.name}.csv"
    else:
        media_type = FORMATS[suffix].media_type.partition(";")[0]
        summary = f"{dataset.about}, as {FORMATS[suffix].label}"
    schema: dict[str, Any] = {"type": "string"}
    if suffix == "json":
        schema = {"$ref": f"#/components/schemas/{dataset.name.capitalize()}"}
    elif suffix in {"geojson", CSV_METADATA}:
        schema = {"type": "object"}
    elif suffix in {"xlsx", "parquet"}:
        schema = {}
    name = f"{dataset.name}_{suffix}".replace(".", "_").replace("-", "_")
    responses = ok_response(schema, media_type)
    responses["200"]["headers"] = {
        "ETag": {"schema": TEXT},
        "X-As-Of": {"schema": TEXT, "description": "Newest date of its trials."},
        "X-Total-Count": {"schema": TEXT, "description": "Rows before limit and offset."},
        "X-Attribution": {"schema": TEXT, "description": "Whose data it is."},
    }
    return {"get": build_operation(name, summary, responses, parameters, has_errors=True)}
