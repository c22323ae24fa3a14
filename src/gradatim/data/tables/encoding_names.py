"""What the encodings of numbers are called."""

ENCODINGS = ("standard", "robust", "quantile", "piecewise", "periodic", "combined")
NUMBERS = ("auto", *ENCODINGS)  # what can be asked for
