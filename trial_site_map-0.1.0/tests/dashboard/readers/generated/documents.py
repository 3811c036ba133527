"""Writes drafts as JSON, GeoJSON, XML, KML, GPX and web pages."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pandas as pd

from geocache.geo.countries import country_code, country_name
from tests.dashboard.readers.generated.description import TRIAL_ID
from tests.dashboard.readers.generated.quirks import Draft

Write = Callable[[Draft], str]
_NUMBERS = ("latitude", "longitude", "own")


def list_records(change: Draft) -> list[dict[str, Any]]:
    """One object per site; what is blank is left out, degrees and counts are numbers."""
    records: list[dict[str, Any]] = []
    for row in zip(*change.columns.values(), strict=True):
        cells = zip(change.columns, row, strict=True)
        records.append({change.names[t]: _to_number(t, cell) for t, cell in cells if cell})
    return records


def _to_number(target: str, cell: str) -> str | float:
    try:
        return float(cell) if target in _NUMBERS else cell
    except ValueError:
        return cell


def _frame(change: Draft) -> pd.DataFrame:
    return pd.DataFrame(list_records(change), columns=change.list_names())


def _dump(value: object, **how: Any) -> str:
    return json.dumps(value, ensure_ascii=False, **how)


def records(change: Draft) -> str:
    return _dump(list_records(change))


def records_indented(change: Draft) -> str:
    return _dump(list_records(change), indent=4)


def records_escaped(change: Draft) -> str:
    return json.dumps(list_records(change))


def records_with_nulls(change: Draft) -> str:
    names = change.list_names()
    return _dump([{name: one.get(name) for name in names} for one in list_records(change)])


def lines(change: Draft) -> str:
    return "\n".join(map(_dump, list_records(change)))


def lines_for_windows(change: Draft) -> str:
    return "\r\n".join(map(_dump, list_records(change))) + "\r\n"


def in_data(change: Draft) -> str:
    return _dump({"count": len(change.sites.sites), "data": list_records(change)})


def in_results(change: Draft) -> str:
    change.own = {"meta.page": [1.0] * len(change.sites.sites), **change.own}
    return _dump({"meta": {"page": 1}, "results": {"items": list_records(change)}})


def deep_inside(change: Draft) -> str:
    return _dump({"a": {"b": {"c": {"d": {"sites": list_records(change)}}}}})


def rows(change: Draft) -> str:
    body = zip(*change.columns.values(), strict=True)
    return _dump([change.list_names(), *map(list, body)])


def rows_of_objects_by_number(change: Draft) -> str:
    return _dump({str(at): one for at, one in enumerate(list_records(change))})


def pandas_split(change: Draft) -> str:
    return str(_frame(change).to_json(orient="split", force_ascii=False))


def pandas_index(change: Draft) -> str:
    return str(_frame(change).to_json(orient="index", force_ascii=False))


def pandas_columns(change: Draft) -> str:
    return str(_frame(change).to_json(orient="columns", force_ascii=False))


def pandas_table(change: Draft) -> str:
    return str(_frame(change).to_json(orient="table", index=False, force_ascii=False))


def pandas_records(change: Draft) -> str:
    return str(_frame(change).to_json(orient="records"))


JSON_TABLES: tuple[Write, ...] = (
    *(records, records_indented, records_escaped, records_with_nulls, lines, lines_for_windows),
    *(in_data, in_results, deep_inside, rows, rows_of_objects_by_number),
    *(pandas_split, pandas_index, pandas_columns, pandas_table, pandas_records),
)
"""JSON with a key per column, of any name."""


def _nest(change: Draft) -> list[dict[str, Any]]:
    """Sites as objects in objects: facility, its address, its point."""
    nested = []
    for site in change.sites.sites:
        address = {"city": site.city, "state": site.state, "zip": site.postcode}
        nested.append(
            {
                "siteNumber": site.number,
                "facility": {
                    "name": site.facility,
                    "address": {**address, "country": site.country},
                    "geo": {"lat": site.latitude, "lon": site.longitude},
                },
                "status": site.status,
            }
        )
    change.own = {}
    return nested


def trial_with_sites(change: Draft) -> str:
    return _dump({"nct_id": TRIAL_ID, "title": "A trial", "sites": _nest(change)})


def trials_with_sites(change: Draft) -> str:
    other = {"nct_id": "NCT00000001", "title": "Another", "sites": []}
    return _dump([other, {"nct_id": TRIAL_ID, "title": "A trial", "locations": _nest(change)}])


def trial_with_deep_sites(change: Draft) -> str:
    sites = {"contacts": {"list": [{"name": "Somebody"}]}, "places": {"locations": _nest(change)}}
    return _dump({"study": {"ids": {"nctId": TRIAL_ID}, "design": sites}})


def trial_with_sites_by_arm(change: Draft) -> str:
    sites = _nest(change)
    arms = [{"arm": "A", "sites": sites[:2]}, {"arm": "B", "sites": sites[2:]}]
    change.own = {"arm": ["A", "A", *["B"] * (len(sites) - 2)]}
    return _dump({"trial_id": TRIAL_ID, "arms": arms})


def sites_by_country(change: Draft) -> str:
    groups: dict[str, list[dict[str, Any]]] = {}
    for site, one in zip(change.sites.sites, _nest(change), strict=True):
        del one["facility"]["address"]["country"]
        groups.setdefault(site.country, []).append(one)
    change.wanted["trial_id"] = [""] * len(change.sites.sites)
    ordered = sorted(range(len(change.sites.sites)), key=lambda at: _rank(change, at))
    change.wanted = {name: [column[at] for at in ordered] for name, column in change.wanted.items()}
    return _dump(groups)


def _rank(change: Draft, at: int) -> int:
    countries = [site.country for site in change.sites.sites]
    return countries.index(countries[at])


JSON_TREES: tuple[Write, ...] = (
    *(trial_with_sites, trials_with_sites, trial_with_deep_sites, trial_with_sites_by_arm),
    sites_by_country,
)
"""JSON with sites in objects of their own."""


def _features(change: Draft) -> list[dict[str, Any]]:
    features = []
    for site, one in zip(change.sites.sites, list_records(change), strict=True):
        for target in ("latitude", "longitude"):
            one.pop(change.names[target], None)
        geometry = {"type": "Point", "coordinates": [site.longitude, site.latitude]}
        features.append({"type": "Feature", "properties": one, "geometry": geometry})
    return features


def feature_collection(change: Draft) -> str:
    return _dump({"type": "FeatureCollection", "features": _features(change)})


def feature_list(change: Draft) -> str:
    return _dump(_features(change), indent=1)


def feature_lines(change: Draft) -> str:
    return "\n".join(map(_dump, _features(change)))


def feature_areas(change: Draft) -> str:
    features = _features(change)
    for feature in features:
        x, y = feature["geometry"]["coordinates"]
        corners = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
        ring = [[x + dx / 1e6, y + dy / 1e6] for dx, dy in corners]
        feature["geometry"] = {"type": "Polygon", "coordinates": [ring]}
    return _dump({"type": "FeatureCollection", "features": features})


def features_with_ids(change: Draft) -> str:
    features = [{**one, "id": at, "bbox": None} for at, one in enumerate(_features(change))]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    return _dump({"type": "FeatureCollection", "name": "sites", "crs": crs, "features": features})


GEOJSON: tuple[Write, ...] = (
    *(feature_collection, feature_list, feature_lines, feature_areas, features_with_ids),
)


def _xml_names(change: Draft) -> dict[str, str]:
    """Names that may be elements: without blanks."""
    return {target: name.replace(" ", "_") for target, name in change.names.items()}


def _elements(change: Draft, write: Callable[[str, str], str]) -> list[str]:
    names = _xml_names(change)
    change.own = {name.replace(" ", "_"): values for name, values in change.own.items()}
    return [
        "".join(
            write(names[target], cell)
            for target, cell in zip(change.columns, row, strict=True)
            if cell
        )
        for row in zip(*change.columns.values(), strict=True)
    ]


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"


def _document(root: str, body: str, head: str = "") -> str:
    return f'<?xml version="1.0" encoding="{{}}"?>\n{head}<{root}>{body}</{root}>'


def elements(change: Draft) -> str:
    body = "\n".join(f"<site>{one}</site>" for one in _elements(change, _element))
    return _document("sites", body)


def elements_of_any_name(change: Draft) -> str:
    body = "\n".join(f" <row>\n{one}\n </row>" for one in _elements(change, _element))
    return _document("ROWDATA", body)


def elements_deep_inside(change: Draft) -> str:
    body = "".join(f"<Item>{one}</Item>" for one in _elements(change, _element))
    return _document("Envelope", f"<Body><Response><Result>{body}</Result></Response></Body>")


def with_stylesheet(change: Draft) -> str:
    body = "".join(f"<record>{one}</record>" for one in _elements(change, _element))
    head = '<?xml-stylesheet type="text/xsl" href="sites.xsl"?>\n<!-- made by hand -->\n'
    return _document("records", body, head)


def with_namespace(change: Draft) -> str:
    body = "".join(
        f"<d:site>{one}</d:site>"
        for one in _elements(change, lambda name, text: _element(f"d:{name}", text))
    )
    return _document("d:sites", body).replace("<d:sites>", '<d:sites xmlns:d="urn:example:sites">')


def with_default_namespace(change: Draft) -> str:
    body = "".join(f"<site>{one}</site>" for one in _elements(change, _element))
    return _document("sites", body).replace("<sites>", '<sites xmlns="urn:example:sites">')


def attributes(change: Draft) -> str:
    rows_of = _elements(change, lambda name, text: f" {name}={quoteattr(text)}")
    return _document("sites", "\n".join(f"<site{one}/>" for one in rows_of))


def quoted_sections(change: Draft) -> str:
    body = "".join(
        f"<site>{one}</site>"
        for one in _elements(change, lambda name, text: f"<{name}><![CDATA[{text}]]></{name}>")
    )
    return _document("sites", body)


XML: tuple[Write, ...] = (
    *(elements, elements_of_any_name, elements_deep_inside, with_stylesheet, with_namespace),
    *(with_default_namespace, attributes, quoted_sections),
)


def _placemarks(change: Draft) -> str:
    marks = []
    skipped = ("facility", "latitude", "longitude")
    for at, site in enumerate(change.sites.sites):
        data = "".join(
            f"<Data name={quoteattr(change.names[target])}>{_element('value', cells[at])}</Data>"
            for target, cells in change.columns.items()
            if target not in skipped and cells[at]
        )
        marks.append(
            f"<Placemark><name>{escape(site.facility)}</name><ExtendedData>{data}</ExtendedData>"
            f"<Point><coordinates>{site.longitude:g},{site.latitude:g},0</coordinates></Point>"
            "</Placemark>"
        )
    return "\n".join(marks)


def _kml(body: str) -> str:
    head = '<kml xmlns="http://www.opengis.net/kml/2.2">'
    return f'<?xml version="1.0" encoding="{{}}"?>\n{head}<Document>{body}</Document></kml>'


def placemarks(change: Draft) -> str:
    return _kml(f"<name>Sites</name>{_placemarks(change)}")


def placemarks_in_folders(change: Draft) -> str:
    return _kml(f"<Folder><Folder><name>All</name>{_placemarks(change)}</Folder></Folder>")


KML: tuple[Write, ...] = (placemarks, placemarks_in_folders)


def write_kmz(change: Draft) -> bytes:
    """Placemarks in the zip that Google Earth saves."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", placemarks(change).format("UTF-8"))
    return file.getvalue()


def waypoints(change: Draft) -> str:
    """GPX: points with a name, all else is lost."""
    count = len(change.sites.sites)
    change.drop("trial_id", "site_number", "city", "state", "postcode", "country", "status", "own")
    change.own = {"version": [1.1] * count, "creator": ["x"] * count}
    codes = {country_code(site.country) for site in change.sites.sites}
    if len(codes) == 1:  # concluded from the points
        change.wanted["country"] = [country_name(codes.pop())] * count
    points = "".join(
        f'<wpt lat="{site.latitude:g}" lon="{site.longitude:g}">{_element("name", site.facility)}'
        "</wpt>"
        for site in change.sites.sites
    )
    head = '<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">'
    return f'<?xml version="1.0" encoding="{{}}"?>\n{head}{points}</gpx>'


def _table_rows(change: Draft, cell: str = "td") -> str:
    return "\n".join(
        "<tr>" + "".join(f"<{cell}>{escape(one)}</{cell}>" for one in row) + "</tr>"
        for row in change.rows()
    )


def web_page(change: Draft) -> str:
    return (
        '<!DOCTYPE html><html><head><meta charset="{}"><title>Sites</title></head><body><h1>Sites'
        f"</h1><table>{_table_rows(change)}</table></body></html>"
    )


def bare_table(change: Draft) -> str:
    """As programs save that call it an Excel file."""
    return f"<table border='1'>\n{_table_rows(change)}\n</table>"


def table_among_others(change: Draft) -> str:
    """Tables for layout, and a menu, around the one of sites."""
    menu = "<table><tr><td>Home</td><td>About</td></tr></table>"
    return (
        f"<html><body>{menu}<div><table><tr><td><b>Sites</b></td></tr></table><table><tbody>"
        f"{_table_rows(change)}</tbody></table></div>{menu}</body></html>"
    )


WEB_PAGES: tuple[Write, ...] = (web_page, bare_table, table_among_others)
