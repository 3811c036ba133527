"""Parts of the OpenAPI document: schemas, operations, and the routes other than datasets."""

from typing import Any

from dashboard.query.parameters import MAX_NAME
from dashboard.reports.render import MEDIA_TYPES
from dashboard.web.endpoints.positions import MAX_PLACES
from geocache.place import Flag, Precision

TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
COUNT = {"type": "integer", "minimum": 0}


def object_schema(properties: dict[str, Any], optional: set[str] | None = None) -> dict[str, Any]:
    """A schema of an object with these properties, all required except ``optional``."""
    required = [name for name in properties if name not in (optional or set())]
    return {"type": "object", "properties": properties, "required": required}


def ok_response(schema: dict[str, Any], media_type: str = "application/json") -> dict[str, Any]:
    """A 200 response with this schema."""
    return {"200": {"description": "OK", "content": {media_type: {"schema": schema}}}}


def build_operation(
    name: str,
    summary: str,
    responses: dict[str, Any],
    parameters: list[dict[str, Any]] | None = None,
    *,
    has_errors: bool = False,
) -> dict[str, Any]:
    """A GET operation; ``has_errors`` adds the responses of a route with parameters."""
    responses = dict(responses)
    if has_errors:
        responses["304"] = {"description": "Not changed since the `ETag` in `If-None-Match`"}
        responses["400"] = {"$ref": "#/components/responses/BadParameter"}
        responses["503"] = {"$ref": "#/components/responses/Starting"}
    built: dict[str, Any] = {"operationId": name, "summary": summary, "responses": responses}
    if parameters:
        built["parameters"] = parameters
    return built


def build_health_path() -> dict[str, Any]:
    """``/api/health``."""
    ok = object_schema(
        {
            "status": {"const": "ok"},
            "version": TEXT,
            "as_of": TEXT,
            "trials": COUNT,
            "sites": COUNT,
            "countries": COUNT,
            "unresolved": COUNT,
        }
    )
    status = {"enum": ["starting", "failed"]}
    waiting = object_schema({"status": status, "version": TEXT, "reason": TEXT}, {"reason"})
    responses = ok_response(ok)
    responses["503"] = {
        "description": "The lists are not open yet, or could not be opened",
        "content": {"application/json": {"schema": waiting}},
    }
    return {
        "get": build_operation(
            "health", "Whether the lists are open, and how much they hold", responses
        )
    }


def build_compare_paths(
    parameters: list[dict[str, Any]], required: tuple[str, ...]
) -> dict[str, Any]:
    """``/api/compare.json`` and ``.csv``, with these parameters."""
    asked = [{**each, "required": each["name"] in required} for each in parameters]
    rows = {"type": "array", "items": {"type": "object"}}
    side = object_schema({"name": TEXT, "as_of": TEXT, "sites": COUNT})
    body = object_schema(
        {
            "title": TEXT,
            "attribution": TEXTS,
            "a": side,
            "b": side,
            "versions": {
                "type": "boolean",
                "description": "Whether A and B are two versions of one list or trial.",
            },
            "facilities": {
                "type": "object",
                "additionalProperties": COUNT,
                "description": "Facilities in both, only in A and only in B.",
            },
            "countries": rows,
            "states": rows,
            "table": TEXT,
            "data": rows,
        }
    )
    summary = "Two lists, trials or filters compared"
    csv = {"type": "string"}
    return {
        "/api/compare.json": {
            "get": build_operation(
                "compare_json", summary, ok_response(body), asked, has_errors=True
            )
        },
        "/api/compare.csv": {
            "get": build_operation(
                "compare_csv", summary, ok_response(csv, "text/csv"), asked, has_errors=True
            )
        },
    }


def build_picture_paths(parameters: list[dict[str, Any]]) -> dict[str, Any]:
    """``/api/map`` in every format, with these parameters."""
    return {
        f"/api/map.{suffix}": {
            "get": build_operation(
                f"map_{suffix}",
                f"The filtered sites as a picture or slides ({suffix.upper()})",
                ok_response({}, media_type),
                parameters,
                has_errors=True,
            )
        }
        for suffix, media_type in MEDIA_TYPES.items()
    }


def build_positions_path() -> dict[str, Any]:
    """``/api/positions``."""
    number = {"type": ["number", "null"]}
    alternative = object_schema(
        {"latitude": number, "longitude": number, "place_name": TEXT, "score": {"type": "number"}}
    )
    position = object_schema(
        {
            "place": TEXT,
            "latitude": number,
            "longitude": number,
            "precision": {"enum": [str(p) for p in Precision]},
            "place_name": TEXT,
            "source": TEXT,
            "score": {"type": "number", "minimum": 0, "maximum": 1},
            "flags": {**TEXT, "description": f"Separated by `;`: {', '.join(Flag)}."},
            "reason": TEXT,
            "uncertainty_km": number,
            "alternatives": {"type": "array", "items": alternative},
        }
    )
    about = object_schema({"attribution": TEXTS})
    body = object_schema(
        {"title": TEXT, "about": about, "data": {"type": "array", "items": position}}
    )
    place = {
        "name": "place",
        "in": "query",
        "required": True,
        "description": "A place as for `near`: LAT,LON, a city with its country, a postcode. "
        "An unknown one is unresolved, with a reason.",
        "style": "form",
        "explode": True,
        "schema": {
            "type": "array",
            "minItems": 1,
            "maxItems": MAX_PLACES,
            "items": {"type": "string", "maxLength": MAX_NAME},
        },
        "example": ["Graz, Austria"],
    }
    summary = "Where places are, found offline"
    responses = ok_response(body)
    return {"get": build_operation("positions", summary, responses, [place], has_errors=True)}
