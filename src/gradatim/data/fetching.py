"""The published files of a data set: in a folder of the user's, in the cache, or downloaded into it."""

import os
from collections.abc import Sequence
from hashlib import file_digest
from pathlib import Path

from gradatim.checks import GradatimError
from gradatim.data.downloading import Unavailable, download

VARIABLE = "GRADATIM_DATA"
UNFINISHED = "tmp*"  # what pooch calls a file that it has not checked yet


def fetch(name: str, file: str, sha256: str, urls: Sequence[str]) -> Path:
    """Where one published file of a data set lies, its SHA-256 checked, or as many digits as are published.

    The folder of the data set, its name with `_` for `-`, is looked for in the folder that GRADATIM_DATA
    names, then in the user's cache; into that the file is downloaded from the first of `urls` that gives it.

    Raises GradatimError when a file in GRADATIM_DATA is not the published one, when no URL gives the file, or
    when the cache cannot be written.
    """
    folder = name.replace("-", "_")
    if given := os.environ.get(VARIABLE):
        path = Path(given).expanduser() / folder / file
        found = _digest(path)
        if found is not None and found.startswith(sha256):
            return path
        if found is not None:
            raise GradatimError(
                f"{path} is not the published file: its SHA-256 begins with {found[:12]}, not {sha256[:12]}; "
                "remove it, and the published one is downloaded"
            )
    from pooch import os_cache

    path = os_cache("gradatim") / folder / file
    place = Path(folder, file).parent
    return path if _is_published(path, sha256) else _download(path, sha256, urls, place)


def _is_published(path: Path, sha256: str) -> bool:
    return (_digest(path) or "").startswith(sha256)


def _digest(path: Path) -> str | None:
    """The SHA-256 of a file; None where there is none."""
    try:
        with path.open("rb") as content:
            return file_digest(content, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise GradatimError(f"cannot read {path}: {error.strerror or error}") from error


def _download(path: Path, sha256: str, urls: Sequence[str], place: Path) -> Path:
    """Download a file from the first URL that gives it; one process does, and the others find it there."""
    from filelock import FileLock

    way_out = (
        f"put it into {place}/ of a folder of your choice and name that folder in the environment "
        f"variable {VARIABLE}"
    )
    tried = []
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.parent / ".lock"):
            if _is_published(path, sha256):
                return path
            for leftover in path.parent.glob(UNFINISHED):  # of a process that was killed
                leftover.unlink()
            for url in urls:
                try:
                    download(url, path, sha256)
                except Unavailable as reason:
                    tried.append(f"{url} ({reason})")
                else:
                    return path
    except OSError as error:
        raise GradatimError(
            f"cannot write {path}: {error.strerror or error}; where the cache cannot hold it, {way_out}"
        ) from error
    raise GradatimError(
        f"cannot download {path.name} from {' or '.join(tried)}; without a network, {way_out}"
    )
