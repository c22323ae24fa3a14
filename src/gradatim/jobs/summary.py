"""Summary: what a run is, from the files of its folder alone; its data may be gone."""

from typing import Any

from gradatim.explain.stored_measurements import read_kept_metrics
from gradatim.jobs.report import network_layers
from gradatim.runs.epoch_records import kept_epoch, read_metrics
from gradatim.runs.folder import Folder
from gradatim.runs.trained import Trained

SETTINGS = ("optimizer", "lr", "schedule", "batch_size", "engine", "seed")  # that a summary says


def brief(folder: Folder) -> dict[str, Any]:
    """A run in a few words: data, network, epochs, the best epoch with its validation measure, what was
    measured on the examples that the network is judged on.

    Raises GradatimError for a damaged file.
    """
    config, records = folder.read_config(), read_metrics(folder.metrics)
    network, settings = config["network"], config["settings"]
    best = kept_epoch(config, records)
    last: dict[str, Any] = records[-1] if records else {}
    at = next((record for record in records if record["epoch"] == best), last)
    valid = {name.removeprefix("valid_"): at[name] for name in at if name.startswith("valid_")}
    return {
        "run": str(folder.path), "created": config["created"], "data": config["name"],
        "network": (network["entry"] or {}).get("name") or network["class"],
        "epochs": len(records), "epochs_asked": settings["epochs"], "finished": config.get("ended", True),
        "best_epoch": best, "valid": valid, "judged_on": config["data"]["judged_on"],
        "metrics": read_kept_metrics(folder),
        "seconds": sum(record.get("seconds") or 0.0 for record in records),
    }  # fmt: skip


def summarise(folder: Folder, trained: Trained) -> dict[str, Any]:
    """All of `brief`, the data's splits, the question, the layers, some settings, and the files."""
    found, config = brief(folder), folder.read_config()
    settings, layers = config["settings"], network_layers(trained)
    files = [path for path in folder.written if path.exists()]
    return {
        **found,
        "splits": config["data"].get("splits") or {}, "unit": trained.template.unit,
        "task": trained.problem.task, "targets": list(trained.targets),
        "head": config["choices"].get("head", ""),
        "parameters": trained.facts.get("parameters", sum(row["parameters"] for row in layers)),
        "layers": layers, "loss": config["loss"] or "a loss of its own",
        **{name: settings.get(name) for name in SETTINGS},
        "files": {path.name: path.stat().st_size for path in files},
    }  # fmt: skip


def main_measure(measures: dict[str, float]) -> str | None:
    """The name of the first measure that is no loss; the loss where there is none else."""
    return next((name for name in measures if name != "loss"), next(iter(measures), None))
