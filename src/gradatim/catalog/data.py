"""Data sets by name."""

from gradatim.catalog.entry import Entry

ENTRIES = (
    Entry(
        "digits", "dataset", "gradatim.data.digits:digits",
        "Kaynak, Methods of combining multiple classifiers and their applications to handwritten digit "
        "recognition", 1995, "B20",
        "1,797 handwritten digits of 8×8 pixels in 17 greys, ten classes; comes with scikit-learn.",
    ),
    Entry(
        "mnist", "dataset", "gradatim.data.mnist:mnist",
        "LeCun, Bottou, Bengio & Haffner, Gradient-based learning applied to document recognition", 1998,
        "B20",
        "70,000 handwritten digits of 28×28 pixels, ten classes; the last 10,000 are the test split.",
    ),
    Entry(
        "fashion-mnist", "dataset", "gradatim.data.mnist:fashion_mnist",
        "Xiao, Rasul & Vollgraf, Fashion-MNIST: a novel image dataset for benchmarking machine learning "
        "algorithms", 2017, "B20",
        "70,000 pictures of clothes of 28×28 pixels, ten classes; the last 10,000 are the test split.",
    ),
    Entry(
        "adult", "dataset", "gradatim.data.adult:adult",
        "Kohavi, Scaling up the accuracy of naive-Bayes classifiers: a decision-tree hybrid", 1996, "B20",
        "48,842 people of a US census, six numbers and eight categories each: income above $50,000 or not; "
        "the last 16,281 are the test split.",
    ),
    Entry(
        "tinyshakespeare", "text", "gradatim.data.books:tinyshakespeare",
        "Karpathy, The unreasonable effectiveness of recurrent neural networks", 2015, "E9",
        "40,000 lines from Shakespeare's plays, 1,115,394 characters, 65 distinct.",
    ),
    Entry(
        "sonnets", "text", "gradatim.data.books:sonnets",
        "Shakespeare, Shake-speares sonnets", 1609, "E9",
        "Shakespeare's 154 sonnets without headings, 2,156 lines.",
    ),
    Entry(
        "warpeace", "text", "gradatim.data.books:warpeace",
        "Karpathy, Johnson & Fei-Fei, Visualizing and understanding recurrent networks", 2015, "E9",
        "Tolstoy's War and Peace in English, 3.2 million characters.",
    ),
)  # fmt: skip
