"""What stands beside a CSV file: CSV on the Web metadata, as its W3C recommendation names it."""

from typing import Any

import orjson

from dashboard.exports.content import Content, column_types

SUFFIX = "-metadata.json"
MEDIA_TYPE = "application/csvm+json"


def build_metadata(content: Content, url: str) -> bytes:
    """The metadata of a CSV file.

    Args:
        content: as in the file.
        url: where the file lies, relative to its metadata.
    """
    about = content.about
    described: dict[str, Any] = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": url,
        "dc:title": content.title,
        "dc:date": about.as_of,
        "dc:source": [*about.lists, *(f"positions: {name}" for name in about.sources)],
        "dc:rights": list(about.attribution),
        "dc:description": f"{about.facts()['rows']} rows; filter: {about.filter or 'none'}",
        "dc:creator": about.facts()["written_by"],
        "dialect": {"encoding": "utf-8", "header": True, "lineTerminators": ["\r\n"]},
        "tableSchema": {
            "columns": [
                {"name": name, "titles": name, "datatype": kind}
                for name, kind in column_types(content.table).items()
            ]
        },
    }
    return orjson.dumps(described, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
