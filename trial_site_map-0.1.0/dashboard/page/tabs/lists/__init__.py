"""The card of an open list: its name, colour, versions, columns, and who sees it."""
