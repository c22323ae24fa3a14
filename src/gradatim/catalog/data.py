"""Data sets by name."""

from gradatim.catalog.entry import Entry

ENTRIES = (
    Entry(
        "digits", "dataset", "gradatim.data.digits:digits",
        "Kaynak, Methods of combining multiple classifiers and their applications to handwritten digit "
        "recognition", 1995, "B20",
        "1,797 handwritten digits of 8×8 pixels in 17 greys, ten classes; comes with scikit-learn.",
    ),
)  # fmt: skip
