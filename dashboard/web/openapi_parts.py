"""Pieces of the OpenAPI document, and the routes that are no tables."""

from typing import Any

from dashboard.query.parameters import MAX_NAME
from dashboard.web.positions import MAX_PLACES
from geocache.place import Flag, Precision

TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
COUNT = {"type": "integer", "minimum": 0}


def object_schema(properties: dict[str, Any], optional: set[str] | None = None) -> dict[str, Any]:
    """An object of these properties, all required but ``optional``."""
    required = [name for name in properties if name not in (optional or set())]
    return {"type": "object", "properties": properties, "required": required}


def ok_response(schema: dict[str, Any], media_type: str = "application/json") -> dict[str, Any]:
    """A 200 of this schema."""
    return {"200": {"description": "The answer", "content": {media_type: {"schema": schema}}}}


def build_operation(
    name: str,
    words: str,
    answers: dict[str, Any],
    parameters: list[dict[str, Any]] | None = None,
    *,
    asks: bool = False,
) -> dict[str, Any]:
    """One GET; ``asks`` adds what can be answered where there are parameters."""
    answers = dict(answers)
    if asks:
        answers["304"] = {"description": "Not changed since the `ETag` in `If-None-Match`"}
        answers["400"] = {"$ref": "#/components/responses/BadParameter"}
        answers["503"] = {"$ref": "#/components/responses/Starting"}
    made: dict[str, Any] = {"operationId": name, "summary": words, "responses": answers}
    if parameters:
        made["parameters"] = parameters
    return made


def health_path() -> dict[str, Any]:
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
    waiting = object_schema({"status": {"enum": ["starting", "failed"]}, "version": TEXT})
    answers = ok_response(ok)
    answers["503"] = {
        "description": "Not yet, or not at all",
        "content": {"application/json": {"schema": waiting}},
    }
    return {
        "get": build_operation("health", "Whether the lists are open, and what they hold", answers)
    }


def positions_path() -> dict[str, Any]:
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
        "description": "A place as for `near`: LAT,LON, a city with its country, a US ZIP code. "
        "One that nobody knows comes back unresolved, with the reason.",
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
    words = "Where places are, told offline"
    answers = ok_response(body)
    return {"get": build_operation("positions", words, answers, [place], asks=True)}
