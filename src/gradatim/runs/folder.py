"""The run folder: where a run's files are, and which run a name means."""

import re
from pathlib import Path
from typing import Any

from gradatim import files
from gradatim.checks import GradatimError, UsageError, did_you_mean
from gradatim.runs.format_1 import config_of_format_1

RUNS = Path("runs")


class Folder:
    """The paths in a run's folder."""

    def __init__(self, path: str | Path):
        self.path = Path(path)
        self.config = self.path / "config.json"
        self.metrics = self.path / "metrics.jsonl"
        self.checkpoint = self.path / "checkpoint.safetensors"
        self.model = self.path / "model.safetensors"
        self.model_json = self.path / "model.json"
        self.baselines = self.path / "baselines.json"
        self.evidence = self.path / "evidence.safetensors"
        self.report = self.path / "report.html"
        self.tensorboard = self.path / "tensorboard"

    def __str__(self) -> str:
        return str(self.path)

    def read_config(self) -> dict[str, Any]:
        """The run's configuration."""
        content = files.read_json(self.config, "run's configuration")
        return config_of_format_1(content) if content["format"] == 1 else content


def create(name: str, out: str | Path | None) -> Folder:
    """A folder for a new run: `out` if it holds no run yet, otherwise the next free `runs/NAME-N`."""
    try:
        if out is not None:
            folder = Folder(out)
            folder.path.mkdir(parents=True, exist_ok=True)
            if folder.config.exists():
                raise UsageError(
                    f"{out} already holds a run; go on with it by --resume {out}, or name another folder "
                    "with --out"
                )
            others = [child.name for child in folder.path.iterdir() if not child.name.startswith(".")]
            if others:
                raise UsageError(
                    f"{out} is a folder with other files in it ({others[0]}); name a new one with --out"
                )
            return folder
        RUNS.mkdir(exist_ok=True)
        name = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "run"
        number = 1
        while True:
            try:
                (RUNS / f"{name}-{number}").mkdir()
                return Folder(RUNS / f"{name}-{number}")
            except FileExistsError:
                number += 1
    except OSError as error:
        raise GradatimError(f"cannot make the run folder: {error.strerror}: {error.filename}") from error


def find(run: Any) -> Folder:
    """The folder of an existing run: by path, by its name under `runs/`, or of a Run in memory."""
    run = getattr(run, "folder", run)
    run = run.path if isinstance(run, Folder) else run
    found = [Folder(path) for path in (Path(run), RUNS / run) if path.is_dir()]
    for folder in found:
        if folder.config.exists():
            return folder
    if found:
        raise GradatimError(f"{found[0]} holds no run: there is no config.json in it")
    choices = [child.name for child in RUNS.iterdir() if child.is_dir()] if RUNS.is_dir() else []
    raise UsageError(f"there is no run {str(run)!r}: {did_you_mean(Path(run).name, choices)}")
