"""Examples, from files and objects to splits."""
