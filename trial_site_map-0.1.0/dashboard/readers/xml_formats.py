"""Reads XML of any kind with the reader for its content."""

from itertools import chain, islice
from typing import Any

from dashboard.errors import ReadError
from dashboard.readers.common.request import ReadRequest
from dashboard.readers.common.xml_tree import parse_tree
from dashboard.readers.files.kml import is_kml, iter_placemarks
from dashboard.readers.registries import api_v2, ictrp, isrctn, legacy_xml, registry_xml
from dashboard.readers.tables import json_tables
from dashboard.readers.tables.raw_table import RawTable

FORMAT = "Site list (XML)"
KML_FORMAT = "KML"

MAX_TREE_BYTES = 100_000_000
"""Largest file of another format than legacy XML, which is read record by record."""


def read_xml(data: bytes, request: ReadRequest) -> tuple[str, RawTable | None]:
    """Read XML into the request's builder; returns the format, and a table still to be read.

    Raises:
        ReadError: it is damaged, refused, or has neither trials nor sites.
    """
    if b"clinical_study" in data or b"c\0l\0i\0n\0i\0c\0a\0l\0_\0s\0t\0u\0d\0y" in data:
        found = False
        for study in legacy_xml.iter_xml_studies(data, request.name):
            found = True
            api_v2.read_study(study, request.builder)
            request.builder.flush()
        if found:
            return legacy_xml.FORMAT, None
    if len(data) > MAX_TREE_BYTES:
        limit = MAX_TREE_BYTES // 1_000_000
        raise ReadError(request.name, f"XML over {limit} MB is read only from ClinicalTrials.gov")
    return _read_tree(parse_tree(data, request.name), request)


def _read_tree(tree: dict[str, Any], request: ReadRequest) -> tuple[str, RawTable | None]:
    builder = request.builder
    if isrctn.is_isrctn(tree):
        isrctn.read_isrctn(tree, builder)
        return isrctn.FORMAT, None
    if registry_xml.is_search_result(tree):
        registry_xml.read_search_results(tree, builder)
        return registry_xml.SEARCH_FORMAT, None
    if is_kml(tree):
        return KML_FORMAT, json_tables.build_table(iter_placemarks(tree, builder.warn))
    if (rows := _list_flat_records(tree)) and ictrp.is_ictrp(list(rows[0])):
        names = list(dict.fromkeys(key for row in rows for key in row))
        cells = ([str(row.get(name, "")) for name in names] for row in rows)
        ictrp.read_ictrp(names, cells, builder)
        return ictrp.XML_FORMAT, None
    sites = json_tables.SiteRecords([tree])
    records = iter(sites)
    first = list(islice(records, 1))
    if first and json_tables.is_located(first[0]):
        return FORMAT, json_tables.build_table(chain(first, records))
    trials = hospitals = 0
    for texts in registry_xml.iter_registry_trials(tree):
        trials += 1
        hospitals += registry_xml.add_registry_trial(texts, builder)
        builder.flush()
    if not trials:
        raise ReadError(request.name, "XML without trials and without a list of sites")
    if not hospitals:
        builder.warn("this file lists countries, no sites; each trial has its countries")
    return registry_xml.FORMAT, None


def _list_flat_records(tree: dict[str, Any]) -> list[dict[str, Any]]:
    """The records of a document that is one list of elements with texts alone."""
    for document in tree.values():
        if not isinstance(document, dict):
            continue
        for value in document.values():
            records = value if isinstance(value, list) else [value]
            if records and all(isinstance(one, dict) for one in records):
                return [
                    {key: text for key, text in one.items() if isinstance(text, str)}
                    for one in records
                ]
    return []
