"""The metadata file beside a CSV file: CSV on the Web (CSVW), a W3C recommendation."""

from typing import Any

import orjson

from dashboard.exports.content import WRITTEN_BY, Content

SUFFIX = "-metadata.json"
MEDIA_TYPE = "application/csvm+json"


def build_metadata(content: Content, url: str) -> bytes:
    """The metadata of a CSV file.

    Args:
        content: that of the CSV file.
        url: the CSV file's address, relative to the metadata.
    """
    about = content.about
    described: dict[str, Any] = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": url,
        "dc:title": content.title,
        "dc:date": about.as_of,
        "dc:source": [*about.lists, *(f"positions: {name}" for name in about.sources)],
        "dc:rights": list(about.attribution),
        "dc:description": f"{about.rows} of {about.total} rows; filter: {about.filter or 'none'}",
        "dc:creator": WRITTEN_BY,
        "dialect": {"encoding": "utf-8", "header": True, "lineTerminators": ["\r\n"]},
        "tableSchema": {
            "columns": [
                {"name": name, "titles": name, "datatype": type_name}
                for name, type_name in content.column_types.items()
            ]
        },
    }
    return orjson.dumps(described, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
