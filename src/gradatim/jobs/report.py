"""Report: a run as one page."""

import shlex
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradatim import files
from gradatim.by_hand.layer_table import by_hand_table
from gradatim.by_hand.network import Network
from gradatim.checks import GradatimError
from gradatim.explain.augmented_pictures import seen_in_training
from gradatim.explain.best_model import sentence_of
from gradatim.explain.data_facts import facts_of_data
from gradatim.explain.gather_evidence import evidence_of
from gradatim.explain.report import Report, render
from gradatim.explain.stored_measurements import Measurements, read_measurements, write_measurements
from gradatim.jobs.evaluate import measure
from gradatim.planning.loop_choice import settings_in_use
from gradatim.planning.training_options import OWN
from gradatim.planning.versions import PROGRAM
from gradatim.problems.evidence import Evidence, MetricTable
from gradatim.runs.baselines import read_baselines
from gradatim.runs.epoch_records import best_epoch, kept_epoch, read_metrics, read_stages
from gradatim.runs.folder import Folder
from gradatim.runs.kept_mean import read_kept
from gradatim.runs.trained import Trained

if TYPE_CHECKING:
    from gradatim.jobs.run import Run


def report(run: "Run") -> Path:
    """Write the run's `report.html` again, from its files; its path.

    Where its data are gone, the page shows what was measured when they were there.
    """
    try:
        kept = find_out(run)
    except GradatimError as error:
        found = read_measurements(run.folder)
        if found is None and run.folder.report.exists():
            raise GradatimError(
                f"{error}; {run.folder.report} stays as it is. --data says where the data are now"
            ) from error
        kept = found or Measurements({}, [])
    write_report(run.folder, run.config, run.trained, kept)
    return run.folder.report


def find_out(run: "Run") -> Measurements:
    """The measures, what else there is to find of the answers to the examples that are judged, and what was
    learned from.
    """
    data, measured = run.data, run.measured
    parts = {"train": data.train, "valid": data.valid, "test": data.test}
    facts = facts_of_data(parts, run.trained.encoder, data.notices)
    seen = seen_in_training(run.trained, data.train, run.config["settings"])
    also: list[Evidence] = [one for one in (seen, facts) if one is not None]
    if measured is None:
        return Measurements({}, also)
    seed = run.config["settings"].get("seed") or 0
    found = [*evidence_of(run.trained, data.judged, measured.a, measured.y, run.records, seed), *also]
    table = metric_table(run)
    if table is None:
        return Measurements(measured.metrics, found)
    more = {name: value for name, value in zip(table.names, table.judged, strict=True) if value is not None}
    return Measurements({**measured.metrics, **more}, [table, *found])


def metric_table(run: "Run") -> MetricTable | None:
    """The run's own metrics on validation and on what is judged, None where it has none; of functions that
    are not there any more, what was measured when they were.
    """
    names = tuple(dict.fromkeys((*run.own.scorers, *run.own.functions, *run.config.get("own_metrics", ()))))
    measured = run.measured
    if not names or measured is None:
        return None
    valid: dict[str, float] = {}
    if run.data.valid is not None and run.own:
        valid = measure(run.trained, run.data.valid, run.own).metrics
    before = _kept_table(run)
    columns = (
        [found.get(name, kept.get(name)) for name in names]
        for found, kept in zip((valid, measured.metrics), before, strict=True)
    )
    return MetricTable(names, *columns)


def _kept_table(run: "Run") -> tuple[dict[str, Any], dict[str, Any]]:
    """The values on validation and on what is judged that were kept of functions that are not given now."""
    lost = [name for name in run.config.get("own_metrics", ()) if name not in run.own.functions]
    kept = read_measurements(run.folder) if lost else None
    table = next((one for one in kept.evidence if isinstance(one, MetricTable)), None) if kept else None
    if table is None:
        return {}, {}
    by_name = [dict(zip(table.names, values, strict=True)) for values in (table.valid, table.judged)]
    return tuple({name: one[name] for name in lost if name in one} for one in by_name)  # type: ignore[return-value]


def write_report(folder: Folder, config: dict[str, Any], trained: Trained, kept: Measurements) -> list[str]:
    """Keep what was measured, and write `report.html`; what is wrong with the run, a sentence each."""
    records, settings = read_metrics(folder.metrics), config["settings"]
    if kept.metrics or kept.evidence:
        write_measurements(folder, kept)
    kept_model = read_kept(folder, trained)
    content = Report(
        name=folder.path.name,
        data=str(config["name"]),
        sizes={part: n for part, n in (config["data"].get("splits") or {}).items() if n is not None},
        split=config["data"]["judged_on"],
        unit=trained.template.unit,
        problem=trained.problem,
        metrics=kept.metrics,
        records=records,
        stages=read_stages(folder.metrics),
        best_epoch=kept_epoch(config, records),
        ended=_ended(records, settings, trained.facts.get("members", [])),
        layers=network_layers(trained),
        settings=settings_in_use(settings, trained.network),
        choices=config["choices"],
        versions=config["versions"],
        command=command_again(folder, config),
        baselines=read_baselines(folder),
        evidence=kept.evidence,
        inputs=_inputs(trained),
        input_names=[str(name) for name in trained.encoder.names(trained.features)],
        members=trained.facts.get("members", []),
        tried=config.get("tried", []),
        answered="" if kept_model is None else sentence_of(kept_model),
        network_metrics=None if trained.kept is None else trained.kept.network,
    )
    files.write(folder.report, render(content))
    return content.diagnosis


def _inputs(trained: Trained) -> int:
    """How many numbers the network sees of a row with named columns; 0 of other examples."""
    shape = trained.shape
    return prod(shape) if shape and trained.encoder.columns(trained.template) else 0


def command_again(folder: Folder, config: dict[str, Any]) -> str:
    """The command that runs it again: the one that was typed, or one that takes the run's config."""
    source = config["data"]["source"]
    place = source.get("name") or source.get("path")
    if config["command"].startswith(PROGRAM + " ") or not place or _has_own_parts(config):
        return config["command"]
    return shlex.join([PROGRAM, "train", place, "--config", str(folder.config)])


def _has_own_parts(config: dict[str, Any]) -> bool:
    """Whether a run has a network or an optimizer that no command can name."""
    method = str(config["settings"].get("optimizer")).partition(":")[0]
    return bool(config["network"]["class"]) or method == OWN


def _ended(records: list[dict[str, Any]], settings: dict[str, Any], members: list[Any]) -> str:
    done, asked = len(records), settings["epochs"]
    if done == asked:
        return "after its one epoch" if asked == 1 else f"after all {asked} epochs"
    best = [one["epoch"] for one in members] or [best_epoch(records)]
    patience = settings["patience"]
    if patience and all(epoch is not None and done - epoch >= patience for epoch in best):
        return f"early, after {done} of {asked} epochs: {patience} in a row without a lower validation loss"
    return f"after {done} of {asked} epochs"


def network_layers(trained: Trained) -> list[dict[str, Any]]:
    """Name, layer, output and parameters of each layer; nothing where an example's shape is not known."""
    shape = trained.shape
    if not shape:
        return []
    if isinstance(trained.model, Network):
        rows = by_hand_table(trained.model, shape)
    else:
        from gradatim.models.layer_table import layer_table

        rows = layer_table(trained.model, shape)
    return [{**row, "output": " × ".join(map(str, row["output"]))} for row in rows]
