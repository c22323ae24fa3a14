"""The sequence core: a cell is its equations, and every layer of cells runs through here."""
