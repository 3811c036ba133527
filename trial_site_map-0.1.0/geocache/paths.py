"""The paths of this package and its data files."""

from pathlib import Path

PACKAGE = Path(__file__).parent
DATA = PACKAGE / "data"
"""Country names, borders, aliases and word lists; see ``data/README.md``."""
