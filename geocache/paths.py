"""Where this package and its data files lie."""

from pathlib import Path

PACKAGE = Path(__file__).parent
DATA = PACKAGE / "data"
"""Country names, borders, aliases and word lists; see ``data/README.md``."""
