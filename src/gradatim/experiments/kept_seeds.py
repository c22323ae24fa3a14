"""The seeds of an experiment in its folder: each is written when it ends, and found by the next call."""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import isfinite
from pathlib import Path
from typing import Any

from gradatim import files
from gradatim.checks import GradatimError
from gradatim.experiments.claim import Claim, Measures
from gradatim.version import __version__


@dataclass(frozen=True)
class SeedResult:
    """What one seed gave, and how long it took."""

    measures: Measures
    seconds: float


def settings_of(name: str, claim: Claim, size: dict[str, Any]) -> dict[str, Any]:
    """What a kept seed must agree with to be used again: the experiment, its size and its text."""
    text = Path(inspect.getfile(type(claim))).read_bytes()
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in size.items()}
    return {"experiment": name, "size": plain, "version": __version__, "text": sha256(text).hexdigest()[:16]}


def path_of(folder: Path, seed: int) -> Path:
    """The file of one seed."""
    return folder / f"seed-{seed}.json"


def write_seed(folder: Path, seed: int, settings: dict[str, Any], result: SeedResult) -> None:
    """Keep what a seed gave."""
    content = {"settings": settings, "seconds": result.seconds, "measures": result.measures}
    files.write_json(path_of(folder, seed), content)


def read_seed(folder: Path, seed: int, settings: dict[str, Any]) -> tuple[SeedResult | None, str]:
    """The kept result of a seed, or None; and why a file that is there is of no use."""
    path = path_of(folder, seed)
    if not files.exists(path):
        return None, ""
    try:
        content = files.read_json(path, "seed of an experiment")
        measures, seconds = content["measures"], float(content["seconds"])
        if not isinstance(measures, dict):
            raise TypeError
    except GradatimError as error:
        return None, f"{error}; seed {seed} runs again"
    except (KeyError, TypeError, ValueError):
        return None, f"{path} is damaged: it holds no measures; seed {seed} runs again"
    if content.get("settings") != settings:
        return None, f"{path} has other settings; seed {seed} runs again"
    return SeedResult(measures, seconds), ""


def plain(value: Any) -> Any:
    """Measures as JSON holds them: lists and numbers; what is not finite is None.

    >>> plain({"loss": float("inf"), "steps": (1, 2)})
    {'loss': None, 'steps': [1, 2]}
    """
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(one) for one in value]
    return None if isinstance(value, float) and not isfinite(value) else value
