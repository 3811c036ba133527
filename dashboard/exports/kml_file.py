"""A site table as KML 2.2: one placemark per site, without a point if it has no position."""

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from dashboard.exports.content import Content

CHUNK_ROWS = 5_000
_TYPES = {"string": "string", "number": "double", "integer": "int"}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def kml_chunks(content: Content) -> Iterator[bytes]:
    """The content as one document, in chunks; columns are typed extended data."""
    types = content.column_types
    yield _build_head(content, types).encode()
    for start in range(0, len(content.rows), CHUNK_ROWS):
        end = start + CHUNK_ROWS
        yield "".join(_build_placemarks(content, types, start, end)).encode()
    yield b"</Document></kml>\n"


def escape_xml(text: object) -> str:
    """Escaped text, without the characters that XML cannot hold."""
    return escape(_NOT_XML.sub("", str(text)), {"\r": "&#13;"})


def quote_attribute(text: str) -> str:
    """A quoted attribute, without the characters that XML cannot hold."""
    return quoteattr(_NOT_XML.sub("", text))


def _build_head(content: Content, types: dict[str, str]) -> str:
    facts = {name: value for name, value in content.about.to_texts().items() if value}
    words = "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in facts.items())
    data = "".join(
        f"<Data name={quote_attribute(name)}><value>{escape_xml(value)}</value></Data>"
        for name, value in facts.items()
    )
    fields = "".join(
        f'<SimpleField type="{_TYPES[type_]}" name={quote_attribute(name)}/>'
        for name, type_ in types.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{escape_xml(content.title)}</name><open>1</open>"
        f"<description>{escape_xml(escape_xml(words))}</description>"  # viewers read it as HTML
        f"<ExtendedData>{data}</ExtendedData>"
        f'<Schema name="site" id="site">{fields}</Schema>\n'
    )


def _build_placemarks(
    content: Content, types: dict[str, str], start: int, end: int
) -> Iterator[str]:
    rows = content.rows.iloc[start:end]
    table = content.table.iloc[start:end]
    columns = []
    for name, type_ in types.items():
        tag = f"<SimpleData name={quote_attribute(name)}>"
        values = table[name].tolist()
        columns.append([_build_simple_data(tag, value, type_) for value in values])
    names = zip(
        rows["facility"].tolist(), rows["site_number"].tolist(), rows["city"].tolist(), strict=True
    )
    points = zip(rows["longitude"].tolist(), rows["latitude"].tolist(), strict=True)
    for name, point, *data in zip(names, points, *columns, strict=True):
        yield (
            f"<Placemark><name>{escape_xml(_choose_name(*name))}</name><ExtendedData>"
            f'<SchemaData schemaUrl="#site">{"".join(data)}</SchemaData></ExtendedData>'
            f"{_build_point(*point)}</Placemark>\n"
        )


def _build_simple_data(tag: str, value: object, type_: str) -> str:
    if value == "" or value != value:  # noqa: PLR0124 - NaN
        return ""
    text = escape_xml(value) if type_ == "string" else repr(value)
    return f"{tag}{text}</SimpleData>"


def _choose_name(facility: str, site_number: str, city: str) -> str:
    return facility or (f"Site {site_number}" if site_number else "") or city or "Site"


def _build_point(longitude: float, latitude: float) -> str:
    if longitude != longitude or latitude != latitude:  # noqa: PLR0124 - NaN
        return ""
    return f"<Point><coordinates>{longitude!r},{latitude!r}</coordinates></Point>"
