"""Sets the size limit of CSV cells for the process, once: importing this module is enough.

The limit is global to the ``csv`` module, and changing it while another thread reads would change
what that thread accepts. Import this module wherever CSV is read.
"""

import csv

MAX_CELL_CHARACTERS = 1 << 24
"""Longer cells are a :class:`csv.Error`. The default of 131,072 is too short for eligibility."""

csv.field_size_limit(MAX_CELL_CHARACTERS)
