"""The run folder: where a run's files are, and which run a name means."""

import re
import shutil
from pathlib import Path
from typing import Any

from gradatim import files
from gradatim.checks import GradatimError, UsageError, did_you_mean
from gradatim.runs.file_forms import check_config
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
        self.kept = self.path / "kept.safetensors"  # the models beside the network, where the best is kept
        self.evidence = self.path / "evidence.safetensors"
        self.report = self.path / "report.html"
        self.tensorboard = self.path / "tensorboard"
        self.staged = self.path / "model-next.safetensors"  # weights that are about to become the model's
        self.beginning = self.path / ".beginning"  # stands until config.json does: what is here is no run yet

    def __str__(self) -> str:
        return str(self.path)

    @property
    def written(self) -> tuple[Path, ...]:
        """The files that a run is made of, the one that makes it a run last."""
        return (
            self.metrics, self.checkpoint, self.model, self.staged, self.model_json, self.baselines,
            self.kept, self.evidence, self.report, self.config,
        )  # fmt: skip

    def read_config(self) -> dict[str, Any]:
        """The run's configuration; GradatimError naming an entry that cannot be."""
        content = files.read_json(self.config, "run's configuration")
        config = config_of_format_1(content) if content["format"] == 1 else content
        check_config(config, self.config)
        return config

    def refuse_run(self) -> None:
        """UsageError where it holds a run."""
        if self.config.exists():
            raise UsageError(
                f"{self} already holds a run; go on with it by --resume {self}, or name another folder with "
                "--out"
            )

    def refuse_strange(self) -> None:
        """GradatimError where one of its files is a link: a folder from elsewhere leads nowhere else."""
        for path in (*self.written, self.beginning, self.path / files.LOCK):
            files.refuse_strange(path)
        if self.tensorboard.is_symlink():
            raise GradatimError(
                f"{self.tensorboard} is a link, which is not followed: put a folder in its place"
            )

    def clear(self) -> None:
        """Remove what a run left that was stopped before it was one. Only the lock's holder may call it."""
        self.refuse_run()
        for path in self.written:
            with files.refusals(path):
                path.unlink(missing_ok=True)
        shutil.rmtree(self.tensorboard, ignore_errors=True)


def create(name: str, out: str | Path | None) -> Folder:
    """A folder for a new run: `out` if it holds no run yet, otherwise the next free `runs/NAME-N`.

    What a run left in `out` that was stopped before it was one does not count.
    """
    try:
        if out is not None:
            folder = Folder(out)
            folder.path.mkdir(parents=True, exist_ok=True)
            folder.refuse_run()
            folder.refuse_strange()
            own = (*folder.written, folder.tensorboard) if folder.beginning.exists() else ()
            others = [child for child in folder.path.iterdir() if child.name[0] != "." and child not in own]
            if others:
                raise UsageError(
                    f"{out} is a folder with other files in it ({others[0].name}); name a new one with --out"
                )
            folder.beginning.touch()
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
    found = [Folder(path) for path in (Path(run), RUNS / run) if files.is_folder(path)]
    for folder in found:
        if folder.config.exists():
            folder.refuse_strange()
            return folder
    if found:
        raise GradatimError(f"{found[0]} holds no run: there is no config.json in it")
    choices = [child.name for child in RUNS.iterdir() if child.is_dir()] if RUNS.is_dir() else []
    raise UsageError(f"there is no run {str(run)!r}: {did_you_mean(Path(run).name, choices)}")
