"""The texts by name: Tiny Shakespeare, the Sonnets, War and Peace."""

from gradatim.data.fetching import fetch
from gradatim.data.reading_text import decode
from gradatim.data.text import Text, text_of

# folder, file, its SHA-256, and where it is published, the canonical place first
FILES = {
    "tinyshakespeare": (
        "tinyshakespeare", "input.txt", "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
        ("https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
         "https://github.com/karpathy/char-rnn/raw/master/data/tinyshakespeare/input.txt"),
    ),
    "sonnets": (
        "shakespeare-sonnets", "sonnets.txt",
        "31b0864d42fdae87144410fc7647a3ad129ba6623c1392402e7514212bb9992b",
        ("https://raw.githubusercontent.com/tetraptych/shakespeer/HEAD/data/sonnets.txt",
         "https://github.com/tetraptych/shakespeer/raw/HEAD/data/sonnets.txt"),
    ),
    "warpeace": (
        "warpeace", "warpeace_input.txt", "b0fc81c399971eaf738c8be89809e6a0d95c151749112b04f06b6af648d8a39f",
        ("https://cs.stanford.edu/people/karpathy/char-rnn/warpeace_input.txt",
         "https://raw.githubusercontent.com/MrHereward/machine_learning_sandbox/HEAD/warpeace_input.txt"),
    ),
}  # fmt: skip


def tinyshakespeare() -> Text:
    """40,000 lines of Shakespeare's plays, 1,115,394 characters, 65 of them distinct (Karpathy 2015).

    Raises GradatimError when the file is nowhere to be found: see `gradatim.data.fetching.fetch`.
    """
    return _published("tinyshakespeare")


def sonnets() -> Text:
    """Shakespeare's 154 sonnets (1609) without headings, 93,890 bytes.

    Raises GradatimError when the file is nowhere to be found: see `gradatim.data.fetching.fetch`.
    """
    return _published("sonnets")


def warpeace() -> Text:
    """Tolstoy's War and Peace in English, 3,196,228 bytes (Karpathy, Johnson & Fei-Fei 2015).

    Raises GradatimError when the file is nowhere to be found: see `gradatim.data.fetching.fetch`.
    """
    return _published("warpeace")


def _published(name: str) -> Text:
    folder, file, sha256, urls = FILES[name]
    path = fetch(folder, file, sha256, urls)
    return text_of(decode(path.read_bytes(), path), name, {"name": name})
