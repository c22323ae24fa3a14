"""Where examples come from, a kind of data a file: the first that `gradatim.catalog.sources` lists and that takes."""
