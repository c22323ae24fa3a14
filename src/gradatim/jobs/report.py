"""Report: a run as one page."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradatim import files
from gradatim.by_hand.layer_table import by_hand_table
from gradatim.by_hand.network import Network
from gradatim.checks import GradatimError
from gradatim.explain.data_facts import facts_of_data
from gradatim.explain.gather_evidence import evidence_of
from gradatim.explain.report import Report, render
from gradatim.explain.stored_measurements import Measurements, read_measurements, write_measurements
from gradatim.jobs.evaluate import Evaluation
from gradatim.planning.find_data import Data
from gradatim.planning.loop_choice import settings_in_use
from gradatim.planning.versions import PROGRAM
from gradatim.problems.evidence import Evidence
from gradatim.runs.baselines import read_baselines
from gradatim.runs.epoch_records import best_epoch, read_metrics
from gradatim.runs.folder import Folder
from gradatim.runs.trained import Trained

if TYPE_CHECKING:
    from gradatim.jobs.run import Run


def report(run: "Run") -> Path:
    """Write the run's `report.html` again, from its files; its path.

    Where its data are gone, the page shows what was measured when they were there.
    """
    try:
        data, measured = run.data, run.measured
        kept = find_out(run.trained, data, measured, run.records, run.config)
    except GradatimError as error:
        found = read_measurements(run.folder)
        if found is None and run.folder.report.exists():
            raise GradatimError(
                f"{error}; {run.folder.report} stays as it is. --data says where the data are now"
            ) from error
        kept = found or Measurements({}, [])
    write_report(run.folder, run.config, run.trained, kept)
    return run.folder.report


def find_out(
    trained: Trained, data: Data, measured: Evaluation | None, records: list[dict[str, Any]],
    config: dict[str, Any],
) -> Measurements:  # fmt: skip
    """The measures, what else there is to find of the answers to the examples that are judged, and what was
    learned from.
    """
    parts = {"train": data.train, "valid": data.valid, "test": data.test}
    facts = facts_of_data(parts, trained.encoder, data.notices)
    also: list[Evidence] = [] if facts is None else [facts]
    if measured is None:
        return Measurements({}, also)
    seed = config["settings"].get("seed") or 0
    found = evidence_of(trained, data.judged, measured.a, measured.y, records, seed)
    return Measurements(measured.metrics, [*found, *also])


def write_report(folder: Folder, config: dict[str, Any], trained: Trained, kept: Measurements) -> None:
    """Keep what was measured, and write `report.html`."""
    records, settings = read_metrics(folder.metrics), config["settings"]
    if kept.metrics or kept.evidence:
        write_measurements(folder, kept)
    page = render(
        Report(
            name=folder.path.name,
            data=str(config["name"]),
            sizes=config["data"].get("splits") or {},
            split=config["data"]["judged_on"],
            unit=trained.template.unit,
            problem=trained.problem,
            metrics=kept.metrics,
            records=records,
            best_epoch=None if settings.get("keep") == "last" else best_epoch(records),
            ended=_ended(records, settings),
            layers=_layers(trained),
            settings=settings_in_use(settings, trained.network),
            choices=config["choices"],
            versions=config["versions"],
            command=_command(folder, config),
            baselines=read_baselines(folder),
            evidence=kept.evidence,
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
