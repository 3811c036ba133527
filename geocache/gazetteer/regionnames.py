"""Names of states, provinces and counties, bared of the words that say what kind they are."""

import re

from geocache.names import fold

_KINDS = (
    "province provincia provincie provinz prov provins state estado etat stato county comte condado "
    "lan laen land kraj kraji krai kray oblast oblasti okrug voivodeship wojewodztwo woj powiat "
    "prefecture prefectura prefektur ken fu sheng shi shih zizhiqu zhuangzu huizu uygur district "
    "distrito distretto districte dist governorate gouvernorat governorat region regione regiao "
    "regio rayon raion canton kanton cantone judet judetul department departamento departement dept "
    "dpto depto municipality municipio municipalidad munic municipal commune comuna kommune "
    "metropolitan metropolitana metropolitano metropole metro metropolis autonomous autonoma autonome "
    "autonomo community comunidad comunitat comunita republic republica respublika "
    "territory territorio wilayah wilaya wilayat il ili megye apskritis maakond maakunta "
    "muhafazah muhafazat emirate imarat city ciudad ville stadt stad capital area division parish "
    "periphery perifereia nomos free libero consorzio consortium special self governing "
    "gwangyeoksi teukbyeolsi teukbyeoljachido jachido jachisi si do kwangyokshi kwangyoksi "
    "teukbyeoljachisi teugbyeolsi changwat mueang tinh thanh pho daerah istimewa propinsi provinsi "
    "regierungsbezirk bezirk landkreis kreis grafschaft fylke amt borough council "
    "unitary authority bundesland freistaat hansestadt freie und land regionale regional statistical"
).split()
_LINKS = (
    "of de di du del della dello dei la le les el los las da do dos das the d l al a and y e et i"
)
_STRIPPED = frozenset(_KINDS)
_LINKING = frozenset(_LINKS.split())
_BRACKETS = re.compile(r"[\[(]([^\])]*)[\])]?")
_ADJECTIVE = re.compile(r"s[ck](?:aya|aia|aja|iy|iyi|ij|yy|yi|y|i|a|oye|oe|oi|oj|ogo|ie|ye)$")
_SUFFIX = re.compile(r"(?<=..)[- ]?(?:gwangyeoksi|teukbyeolsi|teukbyeoljachido)$")


def bare(name: str) -> str:
    """The distinctive part of a region's name, folded and without spaces.

    ``Provincia de Cáceres`` -> ``caceres``; ``Novosibirskaya oblast'`` -> ``novosibirsk``. A name made
    of nothing but kind words (``Central``, ``Capital Region``) keeps them.
    """
    words = _SUFFIX.sub("", fold(name)).split(" ")
    kept = [word for word in words if word not in _STRIPPED] or words
    while len(kept) > 1 and kept[0] in _LINKING:
        kept = kept[1:]
    while len(kept) > 1 and kept[-1] in _LINKING:
        kept = kept[:-1]
    return _ADJECTIVE.sub("sk", "".join(word for word in kept if word not in ("of", "the")))


def spellings(name: str) -> list[str]:
    """The ways one listed name reads: brackets either side, inverted commas undone.

    ``Ourense [Orense]`` -> ``Ourense``, ``Orense``; ``Murcia, Región de`` -> ``Región de Murcia``.
    """
    found: list[str] = []
    outside = _BRACKETS.sub(" ", name).strip()
    if outside:
        found.append(outside)
    found += [inside.strip() for inside in _BRACKETS.findall(name) if inside.strip()]
    if "," in outside:
        last, _, first = outside.partition(",")
        found += [f"{first.strip()} {last.strip()}", last.strip()]
    if "/" in outside:
        found += [part.strip() for part in outside.split("/") if part.strip()]
    return found
