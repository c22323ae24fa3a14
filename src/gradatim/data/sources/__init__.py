"""Where examples come from: a kind of data a file.

`gradatim.catalog.sources` lists them; of several that take the same data, the first does.
"""
