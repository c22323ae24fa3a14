"""Report: a run as one page."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim import files
from gradatim.by_hand.network import Network
from gradatim.by_hand.table import by_hand_table
from gradatim.checks import GradatimError
from gradatim.data import preprocessing
from gradatim.data.dataset import Dataset
from gradatim.explain.report import Mistake, Report, render
from gradatim.jobs.baselines import read_baselines
from gradatim.jobs.evaluate import measured_on
from gradatim.jobs.findings import features, findings
from gradatim.jobs.gathering import Data
from gradatim.jobs.measure import Measured
from gradatim.jobs.surroundings import PROGRAM
from gradatim.jobs.texts import KIND
from gradatim.runs.folder import Folder
from gradatim.runs.metrics import read_metrics
from gradatim.runs.trained import Trained

if TYPE_CHECKING:
    from gradatim.jobs.run import Run

MISTAKES = 24


def report(run: "Run") -> Path:
    """Write the run's `report.html` again, from its files; its path."""
    try:
        data = run.data
        measured = (
            measured_on(run, split=run.measured_on) if getattr(data, run.measured_on) is not None else None
        )
    except GradatimError:
        data, measured = None, None  # its data were in memory, or are gone: the page without them
    write_report(run.folder, run.config, run.trained, data, measured)
    return run.folder.report


def write_report(
    folder: Folder, config: dict[str, Any], trained: Trained, data: Data | None, measured: Measured | None
) -> None:
    """Write `report.html`."""
    records = read_metrics(folder.metrics)
    test = data.test if data is not None and isinstance(data.test, Dataset) else None
    decided = measured if measured is not None and measured.probabilities is not None else None
    classes = trained.classes
    page = render(
        Report(
            name=folder.path.name,
            data=str(config["name"]),
            sizes=config["data"].get("splits") or {},
            split="valid" if config["data"].get("kind") == KIND else "test",
            metrics=measured.metrics if measured is not None else {},
            records=records,
            best_epoch=None if config["settings"].get("keep") == "last" else best_epoch(records),
            ended=_ended(records, config["settings"]),
            classes=classes,
            confusion=decided.confusion(len(classes)) if decided and classes else None,
            mistakes=_mistakes(decided, test, trained) if decided and test is not None else [],
            layers=_layers(trained),
            settings={name: value for name, value in config["settings"].items() if value is not None},
            choices=config["choices"],
            versions=config["versions"],
            command=_command(folder, config),
            unit="characters" if config["data"].get("kind") == KIND else "examples",
            samples=[(r["epoch"], r["sample"].strip("\n")) for r in records if "sample" in r],
            baselines=read_baselines(folder),
            findings=findings(trained, test, measured, config["settings"].get("seed") or 0),
        )
    )
    files.write(folder.report, page)


def _command(folder: Folder, config: dict[str, Any]) -> str:
    """The command that runs it again: the one that was typed, or one that takes the run's config."""
    source = config["data"]["source"]
    place = source.get("name") or source.get("path")
    if config["command"].startswith(PROGRAM + " ") or not place or config["network"]["class"]:
        return config["command"]
    return shlex.join([PROGRAM, "train", place, "--config", str(folder.config)])


def best_epoch(records: list[dict[str, Any]]) -> int | None:
    """The epoch with the lowest validation loss, the first of equals; None without validation."""
    measured = [record for record in records if "valid_loss" in record]
    return min(measured, key=lambda record: record["valid_loss"])["epoch"] if measured else None


def _ended(records: list[dict[str, Any]], settings: dict[str, Any]) -> str:
    done, asked = len(records), settings["epochs"]
    if done == asked:
        return f"after all {asked} epochs"
    best = best_epoch(records)
    patience = settings["patience"]
    if patience and best is not None and done - best >= patience:
        return f"early, after {done} of {asked} epochs: {patience} in a row without a lower validation loss"
    return f"after {done} of {asked} epochs"


def _mistakes(measured: Measured, test: Dataset, trained: Trained) -> list[Mistake]:
    """The wrongly classified examples, those with the highest loss first."""
    assert measured.probabilities is not None and measured.targets is not None and measured.losses is not None
    wrong = np.flatnonzero(measured.decisions != measured.targets)
    worst = wrong[np.argsort(-measured.losses[wrong], kind="stable")][:MISTAKES]
    names = [str(name) for name in trained.classes]
    raw = preprocessing.inputs(trained.preprocessing, test.take(worst))
    mistakes = []
    for row, x in zip(worst, raw, strict=True):
        p = measured.probabilities[row]
        true, said = int(measured.targets[row]), int(measured.decisions[row])
        picture = x if test.is_pictures else None
        values = None if test.is_pictures else features(trained, x)
        mistakes.append(
            Mistake(int(row), names[true], names[said], float(p[said]), float(p[true]), picture, values)
        )
    return mistakes


def _layers(trained: Trained) -> list[dict[str, Any]]:
    if trained.input_shape is None:
        return []
    shape = preprocessing.shape_after(trained.preprocessing, trained.input_shape)
    if isinstance(trained.model, Network):
        rows = by_hand_table(trained.model, shape)
    else:
        from gradatim.models.layer_table import layer_table

        rows = layer_table(trained.model, shape)
    return [{**row, "output": " × ".join(map(str, row["output"]))} for row in rows]
