"""Weizmann actions: short clips of people, one action each."""

import numpy as np

from gradatim.data.clip_files import read_clips
from gradatim.data.dataset import Dataset
from gradatim.data.fetching import fetch

CLASSES = {"0": "one-hand wave", "1": "two-hand wave", "3": "jumping jack", "4": "bend"}  # by folder
FILES = {  # strips of frames, PNG whatever their names say, and their SHA-256
    "0/00000002.jpg": "e31622f53300fd121b43f9308466d033a56aa49683a149872d43fb14c80776c0",
    "0/00000010.jpg": "76714534799e51c9aca2cdd6d482c3b8c9328a25793cb6fed7429aa3442958e4",
    "0/00000018.jpg": "4d7451c8bf0e2297082f4f51be4bb2627a9049616fcdab5d093a30cff2ed363f",
    "0/00000042.jpg": "2e5b9f6053d5dcac69a57228202e6a32fa202e061f8fc9aad49f15cf94a5f0e8",
    "0/00000050.jpg": "59a995b3389d3b61ef9c344597708d31cb82d044983dc4d428cc250195434a7d",
    "0/00000058.jpg": "dbeff3ed2e4ec966f962886c699fd092798fa8b31d1bec72c9a6fc2e94cb2739",
    "1/00000000.jpg": "a277fa94f119a2c7497156aaf4aa894dba8fae844b096acfb649aff8905e8e82",
    "1/00000008.jpg": "705460a208e428a698d73d191e796673681109e905d772b5165ac574b8ea71b7",
    "1/00000016.jpg": "badc0455cf0c5b8b30e5c69c54010772bd4cb770b007d711b2d5b3d2af3a9fc4",
    "1/00000040.jpg": "f01d9d44c8a204ccd829415b1d13704e7ca711ee6e1de9d2c36bca96b6618719",
    "1/00000048.jpg": "1dac5d3aef4d869f80518b248d811c69b5a3b7fb5718014199190680c3ac6a5c",
    "1/00000056.jpg": "ff10fe19f4a7bca44fcd7321ca461d2f2b5cc3dd33ebeef7035675e7ede8539c",
    "3/00000004.jpg": "2eea816dc94b353207397d8455f2dd9b3f2b1b921f4c1872f4de72a2e860122b",
    "3/00000012.jpg": "2b66b7a75100e557f9fd0db59d8ce054c1c4e2ff7dd0e2c9ec748f42d8b98978",
    "3/00000020.jpg": "36bf2078b12362f6f9c4ff041e9c4ef56663efa9b4be9439a1d2ea796bc7b709",
    "3/00000044.jpg": "5e2e17aa710f53e62136f46e57d1df673f435976d8a26c109fec1a800470f2d9",
    "3/00000052.jpg": "aa0b4bf8a3bb3683177f3779b75c17723ccbf1d094017f4092f040e753fd3448",
    "3/00000060.jpg": "510e00e1bc1cb26d9e6d506e4d964e1b85ceb0ada1d6ee2992bf853e9f8491be",
    "4/00000006.jpg": "673887f6f312816f9c0cbc4ce29b1d337a8d02a7648a166372779e000e881ea5",
    "4/00000014.jpg": "d8365919a6ac584a37d2d2018ea13204a608248eeb5f343c306a6868ae32bc66",
    "4/00000022.jpg": "79025c8111510f029411c4fe32cfbdb1cb1ce230d7daa79e6234b442fc0346fb",
    "4/00000046.jpg": "0a265dcd11c1f21484701fe044ad0f1987e177f7ea7b719ca42852064a4124f2",
    "4/00000054.jpg": "fd2aadaa3312a1d1c789eeb15b3a2c62aad1fdf4312a1ba3e91e0d24c5d84e0a",
    "4/00000062.jpg": "5cf42bc6ab8ac9561463b89c4c9b12f354f1da01aab4fbfbff356e6651e6bdf7",
}  # fmt: skip
PLACES = (
    "https://raw.githubusercontent.com/sergeytulyakov/mocogan/master/data/actions/",
    "https://github.com/sergeytulyakov/mocogan/raw/master/data/actions/",
)
EACH = 8  # files in a row that are of one person: four actions, and each as in a mirror, which is left out


def weizmann() -> Dataset:
    """24 clips of six people doing four actions each (Gorelick, Blank, Shechtman, Irani & Basri 2007).

    64×64 pixels in colour, 32 frames of the 51 to 125 in each; `groups` are the people, as the files number
    them. The full set has nine people and ten actions; results on it hold out one person at a time.

    Raises GradatimError when the files are nowhere to be found: see `gradatim.data.fetching.fetch`.
    """
    paths = [
        fetch("weizmann-actions", file, sha256, [place + file for place in PLACES])
        for file, sha256 in FILES.items()
    ]
    clips = read_clips(paths)
    folders = [file.split("/")[0] for file in FILES]
    return Dataset(
        clips.x, np.array([list(CLASSES).index(one) for one in folders]), tuple(CLASSES.values()),
        name="weizmann", files=tuple(FILES), groups=np.array([int(path.stem) // EACH for path in paths]),
        source={"name": "weizmann"},
    )  # fmt: skip
