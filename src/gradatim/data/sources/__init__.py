"""Where examples come from: a kind of data a file. `gradatim.catalog.sources` lists them, the first that takes wins."""
