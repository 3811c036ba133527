"""Prepares the process that readers are forked from: imports the readers and fills their caches.

The first file that a process reads costs a second of loading names of countries, columns and
encodings; children inherit all of it, without the collector copying its pages.
"""

import gc
from contextlib import suppress
from multiprocessing import spawn

import charset_normalizer  # noqa: F401 - imported where it is needed
import ftfy  # noqa: F401
import openpyxl  # noqa: F401
import shapely.geometry  # noqa: F401

from dashboard.errors import ReadError
from dashboard.readers import read
from dashboard.readers.files import parquet  # noqa: F401

_SAMPLE = """facility,city,state,postcode,country,status,latitude,longitude
LKH-Univ. Klinikum Graz,Graz,Styria,8036,Austria,Recruiting,47.08,15.47
Duke Clinical Research Site,Durham,North Carolina,27710,United States,Completed,35.99,-78.93
Hôpital Saint-Éloi,Montpellier,,34295,Türkiye,Suspended,,
"""
_WITHOUT_COUNTRY = """site,city,state
A,Boston,MA
B,Rochester,MN
C,Baltimore,MD
D,Cleveland,OH
"""
_RECORDS = b'[{"facility": "LKH", "city": "Graz", "country": "Austria"}]'


def _keep_main(_: str) -> None:
    """Leave ``__main__`` alone in a child, where multiprocessing would run the server's anew.

    In a server of Streamlit that is the script of the page.
    """


spawn._fixup_main_from_name = spawn._fixup_main_from_path = _keep_main  # type: ignore[attr-defined] # noqa: SLF001

gc.disable()
for _data in (
    _SAMPLE.encode(),
    _SAMPLE.replace(",", ";").encode("latin-1"),
    _WITHOUT_COUNTRY.encode(),
    _RECORDS,
):
    with suppress(ReadError):
        read(_data, "sample")
gc.freeze()
gc.enable()
