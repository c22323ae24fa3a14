"""Multi30k: descriptions of photographs in German and English."""

import gzip

import numpy as np

from gradatim.data.fetching import fetch
from gradatim.data.pairs import Pairs
from gradatim.data.sentence_pairs import sentence_pairs

FILES = {  # of each part the SHA-256 of its German and its English file
    "train": (
        "726e39b2fa9eb9ffb6dc763fb35a179f80fae06ffc5d28b6ace5faa883de28a6",
        "d79cfa999dd4c51d2cb42499b6796d5a882c3a8a961923c25a898c90f8bbd56f",
    ),
    "val": (
        "f0cba2f995189cf5770f29a8a9a537a3ad3f51657ad873405082ff6863a5e75a",
        "14f7d25ddd868909a9213e361768460edcacdd6ab9d1e77b92560dc10c10dc28",
    ),
    "test_2016_flickr": (
        "9204244e408ccb38d2a55cfcd344df15005fc42a07a6e55ca6c52b6ababb8cc8",
        "611d361c6334bc7246101d48097c13cf5c4413c5befc793cc629934359d532d9",
    ),
}
PLACES = (
    "https://raw.githubusercontent.com/multi30k/dataset/master/data/task1/raw/",
    "https://github.com/multi30k/dataset/raw/master/data/task1/raw/",
)


def multi30k() -> Pairs:
    """31,014 descriptions of photographs in German and in English (Elliott, Frank, Sima'an & Specia 2016).

    The publisher's parts: 29,000 pairs to learn from, 1,014 to validate on, and the 1,000 of
    test_2016_flickr, on which translations are compared. Texts are as they were written, cased.

    Raises GradatimError when the files are nowhere to be found: see `gradatim.data.fetching.fetch`.
    """
    german: list[str] = []
    english: list[str] = []
    part: list[str] = []
    for name, digests in FILES.items():
        german += _lines(f"{name}.de.gz", digests[0])
        english += _lines(f"{name}.en.gz", digests[1])
        part += [name] * (len(german) - len(part))
    of = np.array(part)
    return sentence_pairs(
        german, english, name="multi30k", source={"name": "multi30k"},
        official_test=of == "test_2016_flickr", official_valid=of == "val",
    )  # fmt: skip


def _lines(file: str, sha256: str) -> list[str]:
    path = fetch("multi30k", file, sha256, [place + file for place in PLACES])
    return [
        line.strip()
        for line in gzip.decompress(path.read_bytes()).decode("utf-8").removesuffix("\n").split("\n")
    ]
