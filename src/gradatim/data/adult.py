"""The census income data of UCI, "Adult": 48,842 people, and whether each earns more than 50,000 dollars."""

from dataclasses import replace

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.data.fetching import fetch
from gradatim.data.tables.examples import examples_of
from gradatim.data.tables.file_bytes import read_content
from gradatim.data.tables.reading import read_table
from gradatim.data.tables.roles import Roles

FILES = {  # SHA-256 of what is published
    "adult.data": "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d",
    "adult.test": "a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05",
}
PLACES = (  # the canonical one first
    "https://archive.ics.uci.edu/ml/machine-learning-databases/adult/",
    "http://mlr.cs.umass.edu/ml/machine-learning-databases/adult/",
)
NAMES = (  # in the order of adult.names
    "age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation",
    "relationship", "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country",
    "income",
)  # fmt: skip
CROSS_VALIDATOR = b"|1x3 Cross validator\n"  # the first line of adult.test


def adult() -> Dataset:
    """32,561 people to learn from and 16,281 for the test (Kohavi 1996): income above 50,000 dollars or not.

    From the US census of 1994; 24 % earn more. Six columns are numbers, eight categories, of which workclass,
    occupation and native-country miss values, written as ?. The test file, whose labels end in a point and
    whose first line is no person, follows the training file.

    Shapes: x (48842, 14), y (48842,). The training examples come first.
    Raises GradatimError when the files are nowhere to be found: see `gradatim.data.fetching.fetch`.
    """
    paths = [
        fetch("adult", file, sha256, [place + file for place in PLACES]) for file, sha256 in FILES.items()
    ]
    train, test = (read_content(path)[0].strip() for path in paths)
    test = test.removeprefix(CROSS_VALIDATOR).replace(b"K.\n", b"K\n").removesuffix(b".")
    header = ",".join(NAMES).encode()
    table = read_table(b"\n".join((header, train, test)))
    found = examples_of(table, Roles(target=("income",))).dataset
    first = train.count(b"\n") + 1
    return replace(
        found, official_test=np.arange(len(found)) >= first, name="adult", source={"name": "adult"}
    )
