"""``/api/map``: the filtered sites as a picture or slides."""

import hashlib
from urllib.parse import parse_qsl

from dashboard.exports.datasets import build_provenance
from dashboard.query.apply import apply
from dashboard.query.near import find_centre
from dashboard.reports.render import MEDIA_TYPES, render
from dashboard.reports.request import build_filtered_report, parse_report_query
from dashboard.service.service import Service
from dashboard.web.response_cache import CachedResponse


def draw_response(service: Service, suffix: str, query_string: str) -> CachedResponse:
    """The response to one request.

    Args:
        service: holds the library and the geocache.
        suffix: of :data:`dashboard.reports.render.SUFFIXES`.
        query_string: as sent.

    Raises:
        FilterError: the query is not allowed.
        ExportError: it could not be drawn.
    """
    query = parse_report_query(parse_qsl(query_string, keep_blank_values=True))
    library = service.library()
    centre = find_centre(query.filters.near, service.geocoder.search, library.table)
    sites = apply(library.table, query.filters, centre)
    report = build_filtered_report(
        sites, query, build_provenance(library, service.geocoder.providers)
    )
    body = render(
        report, query.look._replace(suffix=suffix), service.settings.site_map_pptx_template
    )
    headers = {
        "Content-Type": MEDIA_TYPES[suffix],
        "Content-Disposition": f'inline; filename="map.{suffix}"',
        "ETag": f'W/"{hashlib.blake2b(body, digest_size=16).hexdigest()}"',
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding",
    }
    return CachedResponse(headers, compressed=suffix != "svg", body=body)
