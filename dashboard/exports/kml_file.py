"""A site table as KML 2.2: a placemark a site, without a point where unresolved."""

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from dashboard.exports.content import Content, column_types

CHUNK_ROWS = 5_000
_TYPES = {"string": "string", "number": "double", "integer": "int"}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def kml_chunks(content: Content) -> Iterator[bytes]:
    """The content as one document, in pieces; columns are typed extended data."""
    table = content.table
    kinds = column_types(table)
    yield _head(content, kinds).encode()
    for start in range(0, len(table), CHUNK_ROWS):
        end = start + CHUNK_ROWS
        yield "".join(_placemarks(content, kinds, start, end)).encode()
    yield b"</Document></kml>\n"


def xml_text(text: object) -> str:
    """Text as XML holds it; characters XML cannot hold are left out."""
    return escape(_NOT_XML.sub("", str(text)), {"\r": "&#13;"})


def _head(content: Content, kinds: dict[str, str]) -> str:
    facts = {name: value for name, value in content.about.facts().items() if value}
    words = "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in facts.items())
    data = "".join(
        f"<Data name={quoteattr(name)}><value>{xml_text(value)}</value></Data>"
        for name, value in facts.items()
    )
    fields = "".join(
        f'<SimpleField type="{_TYPES[kind]}" name={quoteattr(name)}/>'
        for name, kind in kinds.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{xml_text(content.title)}</name><open>1</open>"
        f"<description>{xml_text(xml_text(words))}</description>"  # viewers read it as HTML
        f"<ExtendedData>{data}</ExtendedData>"
        f'<Schema name="site" id="site">{fields}</Schema>\n'
    )


def _placemarks(content: Content, kinds: dict[str, str], start: int, end: int) -> Iterator[str]:
    rows = content.rows.iloc[start:end]
    table = content.table.iloc[start:end]
    columns = []
    for name, kind in kinds.items():
        tag = f"<SimpleData name={quoteattr(name)}>"
        values = table[name].tolist()
        columns.append([_simple(tag, value, kind) for value in values])
    names = zip(
        rows["facility"].tolist(), rows["site_number"].tolist(), rows["city"].tolist(), strict=True
    )
    points = zip(rows["longitude"].tolist(), rows["latitude"].tolist(), strict=True)
    for name, point, *data in zip(names, points, *columns, strict=True):
        yield (
            f"<Placemark><name>{xml_text(_name(*name))}</name><ExtendedData>"
            f'<SchemaData schemaUrl="#site">{"".join(data)}</SchemaData></ExtendedData>'
            f"{_point(*point)}</Placemark>\n"
        )


def _simple(tag: str, value: object, kind: str) -> str:
    if value == "" or value != value:  # noqa: PLR0124 - NaN
        return ""
    text = xml_text(value) if kind == "string" else repr(value)
    return f"{tag}{text}</SimpleData>"


def _name(facility: str, site_number: str, city: str) -> str:
    return facility or (f"Site {site_number}" if site_number else "") or city or "Site"


def _point(longitude: float, latitude: float) -> str:
    if longitude != longitude or latitude != latitude:  # noqa: PLR0124 - NaN
        return ""
    return f"<Point><coordinates>{longitude!r},{latitude!r}</coordinates></Point>"
