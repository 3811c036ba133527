"""Writes one trial's sites in every format that can be read, for the round trip."""

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pandas as pd

from tests.dashboard.readers.binary_workbooks import xls, xlsb

TITLE = "Confirmatory Phase II Study of Blinatumomab (MT103)"


def facility_of(site: Any) -> str:
    """The facility line as a registry writes it, number first."""
    return " - ".join(part for part in (site.site_number, site.facility) if part)


def _locations(sites: pd.DataFrame) -> list[dict[str, str]]:
    return [
        {
            key: value
            for key, value in (
                ("facility", facility_of(site)),
                ("city", site.city),
                ("state", site.state),
                ("country", site.country),
            )
            if value
        }
        for site in sites.itertuples()
    ]


def study(trial_id: str, sites: pd.DataFrame) -> dict[str, Any]:
    """The trial as a study of API v2."""
    return {
        "protocolSection": {
            "identificationModule": {"nctId": trial_id, "briefTitle": TITLE},
            "statusModule": {"lastUpdatePostDateStruct": {"date": "2020-02-10"}},
            "contactsLocationsModule": {"locations": _locations(sites)},
        }
    }


def api_v2(trial_id: str, sites: pd.DataFrame) -> bytes:
    return json.dumps(study(trial_id, sites)).encode()


def api_v2_list(trial_id: str, sites: pd.DataFrame) -> bytes:
    return json.dumps([study(trial_id, sites)], ensure_ascii=False).encode()


def api_v2_page(trial_id: str, sites: pd.DataFrame) -> bytes:
    return json.dumps({"studies": [study(trial_id, sites)], "nextPageToken": "x"}).encode()


def api_v2_modules_on_top(trial_id: str, sites: pd.DataFrame) -> bytes:
    return json.dumps([study(trial_id, sites)["protocolSection"]], indent=1).encode()


def json_lines(trial_id: str, sites: pd.DataFrame) -> bytes:
    other = study("NCT00000001", sites.head(0))
    return "\n".join(map(json.dumps, (study(trial_id, sites), other))).encode()


def classic(trial_id: str, sites: pd.DataFrame) -> bytes:
    locations = [
        {f"Location{key.capitalize()}": value for key, value in one.items()}
        for one in _locations(sites)
    ]
    one = {
        "Study": {
            "ProtocolSection": {
                "IdentificationModule": {"NCTId": trial_id, "BriefTitle": TITLE},
                "ContactsLocationsModule": {"LocationList": {"Location": locations}},
            }
        }
    }
    return json.dumps({"FullStudiesResponse": {"FullStudies": [one]}}).encode()


def _csv(rows: list[list[str]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def download(trial_id: str, sites: pd.DataFrame) -> bytes:
    cell = "|".join(", ".join(one.values()) for one in _locations(sites))
    header = ["NCT Number", "Study Title", "Study Status", "Locations", "Study Documents"]
    return _csv([header, [trial_id, TITLE, "COMPLETED", cell, ""]])


def download_tsv(trial_id: str, sites: pd.DataFrame) -> bytes:
    return _csv(list(csv.reader(io.StringIO(download(trial_id, sites).decode()))), "\t")


def old_download(trial_id: str, sites: pd.DataFrame) -> bytes:
    cell = "|".join(", ".join(one.values()) for one in _locations(sites))
    header = ["Rank", "NCT Number", "Title", "Status", "Locations", "URL"]
    return _csv([header, ["1", trial_id, TITLE, "Completed", cell, ""]], "\t")


def old_download_csv(trial_id: str, sites: pd.DataFrame) -> bytes:
    rows = csv.reader(io.StringIO(old_download(trial_id, sites).decode()), delimiter="\t")
    return _csv(list(rows))


def legacy_xml(trial_id: str, sites: pd.DataFrame) -> bytes:
    places = "".join(
        f"<location><facility><name>{escape(facility_of(site))}</name><address>"
        f"<city>{escape(site.city)}</city><country>{escape(site.country)}</country>"
        "</address></facility></location>"
        for site in sites.itertuples()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<clinical_study><id_info>'
        f"<nct_id>{trial_id}</nct_id></id_info><brief_title>{TITLE}</brief_title>"
        f"{places}</clinical_study>"
    ).encode()


def several_xml(trial_id: str, sites: pd.DataFrame) -> bytes:
    other = legacy_xml("NCT00000001", sites.head(0)).partition(b"\n")[2]
    record = legacy_xml(trial_id, sites).partition(b"\n")[2]
    return b"<search_results>" + other + record + b"</search_results>"


def aact(trial_id: str, sites: pd.DataFrame) -> bytes:
    header = ["id", "nct_id", "status", "name", "city", "state", "zip", "country"]
    rows = [
        [str(row), trial_id, "", facility_of(site), site.city, site.state, "", site.country]
        for row, site in enumerate(sites.itertuples())
    ]
    return _csv([header, *rows], "|")


def ctis(trial_id: str, sites: pd.DataFrame) -> bytes:
    parts = [
        {
            "mscInfo": {"countryName": country},
            "trialSites": [
                {
                    "organisationAddressInfo": {
                        "organisation": {"name": facility_of(site)},
                        "address": {"city": site.city, "countryName": site.country},
                    }
                }
                for site in group.itertuples()
            ],
        }
        for country, group in sites.groupby("country", sort=False)
    ]
    return json.dumps(
        {"ctNumber": trial_id, "authorizedApplication": {"authorizedPartsII": parts}}
    ).encode()


def page(trial_id: str, sites: pd.DataFrame) -> bytes:
    blocks = [
        f"{facility_of(site)}\n\n{site.city}, {site.state}, {site.country}\n\nSite Status\n\n"
        for site in sites.itertuples()
    ]
    return f"{TITLE}\n\nNCT ID: {trial_id}\n\nLocations\n\n{''.join(blocks)}".encode()


def _list_rows(trial_id: str, sites: pd.DataFrame, header: list[str]) -> list[list[str]]:
    return [
        header,
        *(
            [site.country, site.city, facility_of(site), trial_id, site.state]
            for site in sites.itertuples()
        ),
    ]


def german_list(trial_id: str, sites: pd.DataFrame) -> bytes:
    header = ["Land", "Ort", "Prüfzentrum", "NCT-Nummer", "Bundesland"]
    return _csv(_list_rows(trial_id, sites, header), ";", "utf-8-sig")


def french_list(trial_id: str, sites: pd.DataFrame) -> bytes:
    header = ["Pays", "Ville", "Établissement", "NCT", "Région"]
    return _csv(_list_rows(trial_id, sites, header), "\t", "utf-16")


def windows_list(trial_id: str, sites: pd.DataFrame) -> bytes:
    """For sites whose names Windows-1252 can encode; therefore not in :data:`WRITERS`."""
    header = ["Pays", "Localité", "Hôpital", "NCT", "Région"]
    return _csv(_list_rows(trial_id, sites, header), ",", "cp1252")


def web_page(trial_id: str, sites: pd.DataFrame) -> bytes:
    header = ["Country", "City", "Hospital", "Trial", "State"]
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n"
        for row in _list_rows(trial_id, sites, header)
    )
    return f"<html><body><h1>Sites</h1><table>{rows}</table></body></html>".encode()


def workbook(trial_id: str, sites: pd.DataFrame) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Sites of the trial"])
    sheet.append([])
    for row in _workbook_rows(trial_id, sites):
        sheet.append(row)
    notes = book.create_sheet("Notes")
    notes.append(["Made for a test"])
    return _bytes_of(book.save)


def old_workbook(trial_id: str, sites: pd.DataFrame) -> bytes:
    return xls({"Sites": [["Sites of the trial"], [], *_workbook_rows(trial_id, sites)]})


def binary_workbook(trial_id: str, sites: pd.DataFrame) -> bytes:
    return xlsb({"Sites": _workbook_rows(trial_id, sites), "Notes": [["Made for a test"]]})


def _workbook_rows(trial_id: str, sites: pd.DataFrame) -> list[list[str]]:
    return _list_rows(trial_id, sites, ["Country", "Town", "Hospital", "Trial ID", "Province"])


def _bytes_of(save: Callable[[io.BytesIO], None]) -> bytes:
    file = io.BytesIO()
    save(file)
    return file.getvalue()


def geojson(trial_id: str, sites: pd.DataFrame) -> bytes:
    features = [
        {
            "type": "Feature",
            "geometry": None,
            "properties": {
                "nct_id": trial_id,
                "facility": facility_of(site),
                "city": site.city,
                "country": site.country,
            },
        }
        for site in sites.itertuples()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def records(trial_id: str, sites: pd.DataFrame) -> bytes:
    return json.dumps([{"nct_id": trial_id, **one} for one in _locations(sites)]).encode()


def gzipped(trial_id: str, sites: pd.DataFrame) -> bytes:
    return gzip.compress(api_v2(trial_id, sites))


def zipped(trial_id: str, sites: pd.DataFrame) -> bytes:
    def save(file: io.BytesIO) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("one/trial.xml", legacy_xml(trial_id, sites))
            archive.writestr("__MACOSX/._trial.xml", b"\x00\x05")

    return _bytes_of(save)


WRITERS = (
    api_v2,
    api_v2_list,
    api_v2_page,
    api_v2_modules_on_top,
    json_lines,
    classic,
    download,
    download_tsv,
    old_download,
    old_download_csv,
    legacy_xml,
    several_xml,
    aact,
    ctis,
    page,
    german_list,
    french_list,
    web_page,
    workbook,
    old_workbook,
    binary_workbook,
    geojson,
    records,
    gzipped,
    zipped,
)
