"""Where examples come from, a kind of data a file; `catalog.sources` lists them, the first to ask first."""
