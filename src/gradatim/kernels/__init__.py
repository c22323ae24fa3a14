"""C made on first use: the compiler, its cache, and texts of operators written as C."""
