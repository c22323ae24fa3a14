"""The catalogue: the name of everything, as strings. Nothing is imported until a home is asked for."""

from gradatim.catalog.entry import DATA, KINDS, Entry, entries, find, lookup, names

__all__ = ["DATA", "KINDS", "Entry", "entries", "find", "lookup", "names"]
