"""Sets the size limit of CSV cells for the whole process, when this module is imported.

Modules that read CSV import it. The limit is global to the ``csv`` module: changed while rows are
read, it would affect other threads.
"""

import csv

MAX_CELL_CHARACTERS = 1 << 24
"""The default is 131,072; lists of locations in registry downloads have up to 200,000."""

csv.field_size_limit(MAX_CELL_CHARACTERS)
