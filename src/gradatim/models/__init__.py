"""Whole networks, and the descriptions they are built from."""
