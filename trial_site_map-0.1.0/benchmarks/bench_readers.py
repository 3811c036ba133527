"""Speed and memory of the readers, on data made for it.

Run alone: `python -m benchmarks.bench_readers`. Limits are those of the requirements: API v2 JSON
at no more than 3 times `orjson.loads` plus one pass over the locations, a table of 1,000,000 sites
in under 15 s, a JSON of 200 MB in under 1 GB.
"""

import io
import multiprocessing
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import pandas as pd

from benchmarks.report import Figure, printed, progress
from dashboard.readers import read
from dashboard.readers.common.builder import ReadingBuilder
from dashboard.sites.table import build_site_table

CITIES = (
    ("Graz", "", "8036", "Austria", 47.06667, 15.45),
    ("Duarte", "California", "91010", "United States", 34.13945, -117.97729),
    ("Munich", "Bavaria", "81377", "Germany", 48.13743, 11.57549),
    ("Seoul", "", "03080", "South Korea", 37.566, 126.9784),
    ("São Paulo", "São Paulo", "01246-000", "Brazil", -23.5475, -46.63611),
)
NONE = float("nan")
STATUSES = ("RECRUITING", "COMPLETED", "ACTIVE_NOT_RECRUITING", "")


def study(number: int, sites: int, prose: int = 1_500) -> dict[str, Any]:
    """A study of API v2 with ``sites`` locations and about ``prose`` characters of text."""
    chance = random.Random(number)  # noqa: S311 - made-up data
    locations = []
    for site in range(sites):
        city, state, postcode, country, latitude, longitude = chance.choice(CITIES)
        location = {
            "facility": f"{1000 + site} - Clinic of {city} {number % 977}",
            "status": chance.choice(STATUSES),
            "city": city,
            "state": state,
            "zip": postcode,
            "country": country,
            "contacts": [{"name": "A. Person", "role": "CONTACT", "phone": "000 000"}],
            "geoPoint": {"lat": latitude, "lon": longitude},
        }
        locations.append({key: value for key, value in location.items() if value})
    text = ("An account of what is done and why it is done. " * (prose // 47 + 1))[:prose]
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": f"NCT{number:08}",
                "orgStudyIdInfo": {"id": f"ID-{number}"},
                "briefTitle": f"Trial {number}",
                "officialTitle": f"A Trial With The Number {number}",
            },
            "statusModule": {
                "overallStatus": "RECRUITING",
                "startDateStruct": {"date": "2024-03-10", "type": "ACTUAL"},
                "completionDateStruct": {"date": "2027-01", "type": "ESTIMATED"},
                "lastUpdatePostDateStruct": {"date": "2025-06-26", "type": "ACTUAL"},
            },
            "sponsorCollaboratorsModule": {
                "responsibleParty": {"type": "SPONSOR"},
                "leadSponsor": {"name": f"Sponsor {number % 90}", "class": "INDUSTRY"},
            },
            "descriptionModule": {"briefSummary": text, "detailedDescription": text},
            "conditionsModule": {"conditions": ["Asthma"], "keywords": ["lung", "air"]},
            "designModule": {
                "studyType": "INTERVENTIONAL",
                "phases": ["PHASE2", "PHASE3"],
                "designInfo": {
                    "allocation": "RANDOMIZED",
                    "interventionModel": "PARALLEL",
                    "primaryPurpose": "TREATMENT",
                    "maskingInfo": {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT"]},
                },
                "enrollmentInfo": {"count": 120, "type": "ESTIMATED"},
            },
            "armsInterventionsModule": {
                "armGroups": [{"label": "A", "type": "EXPERIMENTAL", "description": text[:300]}],
                "interventions": [{"type": "DRUG", "name": "Drug", "otherNames": ["D-1"]}],
            },
            "outcomesModule": {
                "primaryOutcomes": [
                    {"measure": "What changed", "description": text[:400], "timeFrame": "1 year"}
                ]
            },
            "eligibilityModule": {
                "eligibilityCriteria": text,
                "healthyVolunteers": False,
                "sex": "ALL",
                "minimumAge": "18 Years",
            },
            "contactsLocationsModule": {"locations": locations},
        },
        "derivedSection": {"miscInfoModule": {"versionHolder": "2026-04-09"}},
        "hasResults": False,
    }


def studies(count: int, sites: int) -> bytes:
    """A website download of ``count`` studies."""
    return orjson.dumps([study(number, sites) for number in range(count)])


def _best(work: Callable[[], object], times: int = 3) -> float:
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def one_pass(data: bytes) -> int:
    """The measure: parse, and touch every part of every location once."""
    rows = []
    for one in orjson.loads(data):
        for location in one["protocolSection"]["contactsLocationsModule"]["locations"]:
            get = location.get
            point = get("geoPoint") or {}
            rows.append(
                (
                    get("facility"),
                    get("city"),
                    get("state"),
                    get("zip"),
                    get("country"),
                    get("status"),
                    point.get("lat"),
                    point.get("lon"),
                )
            )
    return len(rows)


def api_v2_ratio(count: int, sites: int) -> float:
    """How many times the measure reading takes."""
    data = studies(count, sites)
    return _best(lambda: read(data, "studies.json")) / _best(lambda: one_pass(data))


def million_rows_seconds() -> float:
    """Seconds to make the sites' frame of 1,000,000 rows out of lists."""
    rows = 1_000_000
    builder = ReadingBuilder()
    for row in range(rows):
        city, state, postcode, country, latitude, longitude = CITIES[row % 5]
        builder.add_site(
            f"{row % 9000} - Clinic {row}",
            city,
            state,
            postcode,
            country,
            STATUSES[row % 4],
            latitude,
            longitude,
        )
    start = time.perf_counter()
    reading = builder.build("made up", "made up")
    seconds = time.perf_counter() - start
    assert len(reading.sites) == rows
    return seconds


def _csv(rows: int) -> bytes:
    lines = ["nct_id,facility,city,state,zip,country,status,latitude,longitude"]
    for row in range(rows):
        city, state, postcode, country, latitude, longitude = CITIES[row % 5]
        lines.append(
            f"NCT{row // 50:08},Clinic {row},{city},{state},{postcode},{country},"
            f"{STATUSES[row % 4]},{latitude},{longitude}"
        )
    return "\n".join(lines).encode()


def csv_seconds(rows: int) -> tuple[float, float, float]:
    """Bytes of a CSV to the reading; that to the site table; pandas' own reader."""
    data = _csv(rows)
    start = time.perf_counter()
    reading = read(data, "made.csv")
    took = time.perf_counter() - start
    assert len(reading.sites) == rows
    start = time.perf_counter()
    assert len(build_site_table([reading])) == rows
    joined = time.perf_counter() - start
    start = time.perf_counter()
    assert len(pd.read_csv(io.BytesIO(data), dtype=str)) == rows
    return took, joined, time.perf_counter() - start


def _write_large(path: Path, megabytes: int) -> None:
    with path.open("wb") as file:
        file.write(b'{"studies":[')
        number = 0
        while file.tell() < megabytes * 1_000_000:
            file.write(b"," if number else b"")
            file.write(orjson.dumps(study(number, 20, 6_000)))
            number += 1
        file.write(b"]}")


def _measure_large(path: Path) -> tuple[float, float]:
    data = path.read_bytes()
    start = time.perf_counter()
    reading = read(data, path.name)
    seconds = time.perf_counter() - start
    assert len(reading.trials) > 1
    return seconds, _peak_megabytes()


def _peak_megabytes() -> float:
    """Peak of this process alone; what getrusage says includes the parent's before the start."""
    status = Path("/proc/self/status").read_text()
    kilobytes = next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]
    return int(kilobytes) / 1024


def large_json(megabytes: int = 200) -> tuple[float, float]:
    """Seconds, and the peak memory in MB of a process that reads a JSON of that size."""
    fresh = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(1, fresh) as pool:
        path = Path(folder) / "large.json"
        _write_large(path, megabytes)
        return pool.submit(_measure_large, path).result()


def figures() -> Iterator[Figure]:
    """Every figure, one by one."""
    yield Figure("API v2, 2,000 studies of 20 sites", api_v2_ratio(2_000, 20), "x", 3)
    yield Figure("API v2, 50 studies of 1,000 sites", api_v2_ratio(50, 1_000), "x", 3)
    yield Figure("API v2, 5,000 studies of 1 site", api_v2_ratio(5_000, 1), "x", 3)
    progress("CSV of growing size, and pandas.read_csv")
    for rows in (1_000, 10_000, 100_000, 1_000_000):
        whole = rows == 1_000_000
        ours, table, peer = csv_seconds(rows)
        name = f"CSV of {rows:,} sites"
        yield Figure(f"{name}: read", ours, "s", 60 if whole else NONE, "read", rows)
        yield Figure(f"{name}: pandas.read_csv", peer, "s", NONE, "read, pandas", rows)
        if whole:
            yield Figure(f"site table of {rows:,} rows from what was read", table, "s", 15)
    yield Figure("sites' frame of 1,000,000 gathered rows", million_rows_seconds(), "s", 15)
    seconds, peak = large_json()
    yield Figure("JSON of 200 MB", seconds, "s", 60)
    yield Figure("JSON of 200 MB, peak memory", peak, "MB", 1_000)


def main() -> int:
    """Print the figures; 1 when one is beyond its limit."""
    return int(any(figure.value > figure.limit for figure in printed(figures())))


if __name__ == "__main__":
    raise SystemExit(main())
