"""Imports the readers and fills their caches: the process that readers are forked from imports it.

The first file that a process reads costs a second of loading names of countries, columns and
encodings; children inherit all of it.
"""

from dashboard.readers import read

_SAMPLE = """facility,city,state,postcode,country,status,latitude,longitude
LKH-Univ. Klinikum Graz,Graz,Styria,8036,Austria,Recruiting,47.08,15.47
Duke Clinical Research Site,Durham,North Carolina,27710,United States,Completed,35.99,-78.93
Hôpital Saint-Éloi,Montpellier,,34295,Türkiye,Suspended,,
"""
_PAGE = """NCT00000001
Locations
Graz, Austria
LKH Graz
Graz, Styria, Austria, 8036
"""

read(_SAMPLE.encode(), "sample.csv")
read(_SAMPLE.replace(",", ";").encode("latin-1", "replace"), "sample.csv")
read(_PAGE.encode(), "page.txt")
read(b'[{"facility": "LKH", "city": "Graz", "country": "Austria"}]', "sample.json")
