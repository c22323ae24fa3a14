"""Traces: worked examples with every number on the table."""
