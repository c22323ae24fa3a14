"""Traces of any network: one step of learning from one example, for every layer that has a twin by hand."""
