"""Report: a run as one page."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradatim import files
from gradatim.by_hand.network import Network
from gradatim.by_hand.table import by_hand_table
from gradatim.checks import GradatimError
from gradatim.explain.gather import evidence_of
from gradatim.explain.report import Report, render
from gradatim.jobs.evaluate import Measured
from gradatim.planning.find_data import Data
from gradatim.planning.versions import PROGRAM
from gradatim.runs.baselines import read_baselines
from gradatim.runs.folder import Folder
from gradatim.runs.metrics import best_epoch, read_metrics
from gradatim.runs.trained import Trained

if TYPE_CHECKING:
    from gradatim.jobs.run import Run


def report(run: "Run") -> Path:
    """Write the run's `report.html` again, from its files; its path."""
    data: Data | None = None
    measured: Measured | None = None
    try:
        data = run.data
        measured = run.measured
    except GradatimError:
        pass  # its data were in memory, or are gone: the page without them
    write_report(run.folder, run.config, run.trained, data, measured)
    return run.folder.report


def write_report(
    folder: Folder, config: dict[str, Any], trained: Trained, data: Data | None, measured: Measured | None
) -> None:
    """Write `report.html`."""
    records, settings = read_metrics(folder.metrics), config["settings"]
    judged = data.judged if data is not None else None
    page = render(
        Report(
            name=folder.path.name,
            data=str(config["name"]),
            sizes=config["data"].get("splits") or {},
            split=config["data"]["judged_on"],
            unit=trained.template.unit,
            problem=trained.problem,
            metrics=measured.metrics if measured is not None else {},
            records=records,
            best_epoch=None if settings.get("keep") == "last" else best_epoch(records),
            ended=_ended(records, settings),
            layers=_layers(trained),
            settings={name: value for name, value in settings.items() if value is not None},
            choices=config["choices"],
            versions=config["versions"],
            command=_command(folder, config),
            baselines=read_baselines(folder),
            evidence=evidence_of(
                trained, judged, None if measured is None else measured.a,
                None if measured is None else measured.y, records, settings.get("seed") or 0,
            ),
        )
    )  # fmt: skip
    files.write(folder.report, page)


def _command(folder: Folder, config: dict[str, Any]) -> str:
    """The command that runs it again: the one that was typed, or one that takes the run's config."""
    source = config["data"]["source"]
    place = source.get("name") or source.get("path")
    if config["command"].startswith(PROGRAM + " ") or not place or config["network"]["class"]:
        return config["command"]
    return shlex.join([PROGRAM, "train", place, "--config", str(folder.config)])


def _ended(records: list[dict[str, Any]], settings: dict[str, Any]) -> str:
    done, asked = len(records), settings["epochs"]
    if done == asked:
        return f"after all {asked} epochs"
    best = best_epoch(records)
    patience = settings["patience"]
    if patience and best is not None and done - best >= patience:
        return f"early, after {done} of {asked} epochs: {patience} in a row without a lower validation loss"
    return f"after {done} of {asked} epochs"


def _layers(trained: Trained) -> list[dict[str, Any]]:
    shape = trained.shape
    if not shape:
        return []
    if isinstance(trained.model, Network):
        rows = by_hand_table(trained.model, shape)
    else:
        from gradatim.models.layer_table import layer_table

        rows = layer_table(trained.model, shape)
    return [{**row, "output": " × ".join(map(str, row["output"]))} for row in rows]
