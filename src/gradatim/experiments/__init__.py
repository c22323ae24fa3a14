"""Claims about networks that can turn out false, each a file that tests one: `gradatim reproduce`."""
