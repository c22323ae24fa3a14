"""The version of Gradatim, which its distribution takes from here."""

__version__ = "0.1.0"
