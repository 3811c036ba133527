"""What people call places beyond what the sources list; every entry is general knowledge."""

REGION_ALIASES: dict[tuple[str, str], str] = {
    ("DE", "01"): "Baden-Wuerttemberg;Baden Württemberg",
    ("DE", "07"): "NRW;Nordrhein-Westfalen",
    ("DE", "08"): "Rhineland-Palatinate",
}
"""By country and GeoNames admin1 code, names separated by semicolons."""

CITY_ALIASES: dict[str, dict[str, str]] = {
    "AR": {
        "caba": "Buenos Aires",
        "capital federal": "Buenos Aires",
        "ciudad autonoma de buenos aires": "Buenos Aires",
        "ciudad autonoma buenos aires": "Buenos Aires",
        "ciudad de buenos aires": "Buenos Aires",
    },
    "MX": {
        "cdmx": "Mexico City",
        "df": "Mexico City",
        "distrito federal": "Mexico City",
        "mexico df": "Mexico City",
    },
    "ES": {"mallorca": "Palma", "majorca": "Palma"},
}
"""By country, a folded name and the official name of the place it stands for."""
