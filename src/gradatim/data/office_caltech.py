"""Office–Caltech: ten kinds of things, photographed for four collections."""

import numpy as np

from gradatim.checks import one_of
from gradatim.data.dataset import Dataset
from gradatim.data.fetching import fetch

FILES = {  # SHA-256
    "amazon": "df32548b994e18d364c99e1f317e1fae100597259f0423a41b90f4f68187bb1f",
    "caltech": "4f9334c8ced489d5054de97a5fd51a61f017f3bcd1f38c9a85c6d78cb9d7bda5",
    "dslr": "44d673c68e1d07b837893aa74dba3b986e4a6cc3fd66f0dd357683bdef059216",
    "webcam": "a6a9c78b4b7181dfbb58bcfd351d4ebd737f171c31247b8884948aa156d3f700",
}
PLACES = (
    "https://raw.githubusercontent.com/chamwen/JPDA/master/data/Office/",
    "https://github.com/chamwen/JPDA/raw/master/data/Office/",
)
CLASSES = (
    "backpack", "bike", "calculator", "headphones", "keyboard", "laptop", "monitor", "mouse", "mug",
    "projector",
)  # fmt: skip


def office_caltech10(domain: str = "amazon") -> Dataset:
    """Counts of 800 visual words in photographs of ten things (Saenko et al. 2010; Gong et al. 2012).

    `domain` is where the photographs are from: amazon (958), caltech (1,123), dslr (157) or webcam (295). The
    words are clusters of SURF descriptors of the pictures from amazon.

    Raises UsageError for another domain, GradatimError when a file is nowhere to be found: see
    `gradatim.data.fetching.fetch`.
    """
    from scipy.io import loadmat

    file = f"{one_of('domain', domain, FILES)}_SURF_L10.mat"
    path = fetch("office-caltech10-surf", file, FILES[domain], [place + file for place in PLACES])
    content = loadmat(path)
    y = content["labels"].ravel().astype(np.int64) - 1
    features = tuple(f"word{i}" for i in range(1, 801))
    return Dataset(
        content["fts"].astype(np.float32), y, CLASSES, name=f"office-caltech10:domain={domain}",
        features=features, source={"name": f"office-caltech10:domain={domain}"},
    )  # fmt: skip
