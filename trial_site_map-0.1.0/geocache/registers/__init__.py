"""Registers: lists of facilities with their points, opened as offline providers."""

from geocache.registers.catalogue import open_registers
from geocache.registers.provider import Register

__all__ = ["Register", "open_registers"]
