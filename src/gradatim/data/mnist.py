"""MNIST and Fashion-MNIST: 70,000 grey pictures of 28×28 pixels in ten classes, in the same four files."""

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.data.fetching import fetch
from gradatim.data.idx import read_idx

FILES = {  # SHA-256 of what is published
    "mnist": {
        "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    },
    "fashion-mnist": {
        "train-images-idx3-ubyte.gz": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "train-labels-idx1-ubyte.gz": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "t10k-images-idx3-ubyte.gz": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "t10k-labels-idx1-ubyte.gz": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    },
}
PLACES = {  # the canonical one first
    "mnist": (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    "fashion-mnist": (
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ),
}
CLOTHES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip


def mnist() -> Dataset:
    """60,000 handwritten digits to learn from and 10,000 for the test (LeCun, Bottou, Bengio & Haffner 1998).

    Half of each part was written by employees of the US Census Bureau, half by pupils; no writer is in both.

    Shapes: x (70000, 1, 28, 28) uint8, 0 paper … 255 ink; y (70000,). The training examples come first.
    Raises GradatimError when the files are nowhere to be found: see `gradatim.data.fetching.fetch`.
    """
    return _published("mnist", tuple(range(10)))


def fashion_mnist() -> Dataset:
    """60,000 pictures of clothes to learn from and 10,000 for the test (Xiao, Rasul & Vollgraf 2017).

    Made to stand where MNIST does, and harder: as many classes, of as many examples each, in the same files.

    Shapes: x (70000, 1, 28, 28) uint8, 0 background … 255; y (70000,). The training examples come first.
    Raises GradatimError when the files are nowhere to be found: see `gradatim.data.fetching.fetch`.
    """
    return _published("fashion-mnist", CLOTHES)


def _published(name: str, classes: tuple) -> Dataset:
    train_x, train_y, test_x, test_y = (
        read_idx(fetch(name, file, sha256, [place + file for place in PLACES[name]]))
        for file, sha256 in FILES[name].items()
    )
    return Dataset(
        x=np.concatenate((train_x, test_x))[:, None],
        y=np.concatenate((train_y, test_y), dtype=np.int64),
        classes=classes,
        official_test=np.arange(len(train_x) + len(test_x)) >= len(train_x),
        name=name,
        source={"name": name},
    )
