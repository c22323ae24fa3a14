"""`--config`: options from a JSON file, or a run's config.json, which runs it again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gradatim.checks import GradatimError, UsageError
from gradatim.files import check_format, exists, read_any_json
from gradatim.planning.data_options import DATA_NAMES, PARTS
from gradatim.planning.option_checks import unknown_option
from gradatim.planning.other_examples import place_of
from gradatim.planning.training_options import NAMES, OF_NETWORK, OF_TUNING, OWN
from gradatim.runs.format_1 import config_of_format_1

OTHERS = ("data", "model", "network", "loss", "weights", "keep_best_model", "from_run", "grow")
CHOSEN_BY = ("data", "model", "optimizer")  # what recipes choose by
MACHINE = ("engine", "device", "threads")
MACHINE_BY = ("loss", "network", "hidden", "batch_size", "window", "precision", *MACHINE)
WHAT = "JSON file of settings"


def read_config_file(path: str | Path, given: dict[str, Any] | None = None) -> dict[str, Any]:
    """The options of a file, as `train` takes them, behind those that were `given`.

    Of another network than the run's, its arguments are left out; what was chosen for other data, another
    network or another optimizer is chosen anew. Raises UsageError for an unknown option,
    and for a run that had something in memory, its data, network or loss, unless others are given.
    """
    given = given or {}
    if not exists(path):
        raise UsageError(f"there is no file {path}")
    content = read_any_json(path, WHAT)
    if isinstance(content.get("settings"), dict):
        config = check_format(content, path, "run's configuration")
        content = _of_run(config_of_format_1(config) if config["format"] == 1 else config, given, path)
    every = (*DATA_NAMES, *NAMES, *OTHERS)
    for name in content:
        if name not in every:
            raise unknown_option(name, every, f"{path}: ")
    network = {**content.pop("network", {}), **given.get("network", {})}
    return {**content, **given, **({"network": network} if network else {})}


def _of_run(config: dict[str, Any], given: dict[str, Any], path: str | Path) -> dict[str, Any]:
    """The options that a run was made with."""
    try:
        found = {
            **_of_data(config["data"], given, path),
            **config["settings"],
            "time_budget": None,  # what came of the search stands in the settings
            "weights": config.get("weights"),
            "keep_best_model": config.get("keep_best_model"),
            **_of_network(config["network"], given, path, config.get("from")),
        }
        if config["loss"] is None and "loss" not in given:
            raise UsageError(f"{path} is of a run with a loss of its own: name another with --loss")
        found["loss"] = config["loss"]
        if str(found["optimizer"]).partition(":")[0] == OWN and "optimizer" not in given:
            raise UsageError(
                f"{path} is of a run with an optimizer of its own: name another with --optimizer"
            )
        left_open = _left_open(given, found, config["choices"])
    except (KeyError, TypeError, AttributeError) as error:
        raise GradatimError(f"{path} is damaged: {error!r}") from error
    return {name: value for name, value in found.items() if value not in (None, {}) and name not in left_open}


def _left_open(given: dict[str, Any], found: dict[str, Any], choices: dict[str, str]) -> set[str]:
    """The settings that nobody asked for and that were chosen by what is another now."""
    chosen = set(choices) & set(NAMES)
    if "data" in given and not isinstance(given["data"], str | Path):
        return chosen
    others = {name for name, value in given.items() if value != found.get(name)}
    if "data" in others and str(Path(given["data"]).resolve()) == found["data"]:
        others.remove("data")
    if others & set(CHOSEN_BY):
        return chosen
    return chosen & set(MACHINE) if others & set(MACHINE_BY) else set()


def _of_data(reference: dict[str, Any], given: dict[str, Any], path: str | Path) -> dict[str, Any]:
    """Where the data are, what was asked of them, and how they were divided."""
    source = reference["source"] or {}
    found = {name: value for name, value in source.items() if name in DATA_NAMES}
    found["task"] = reference.get("task") or found.get("task")
    parts = {"data": source, **{part: reference.get(part) for part in PARTS}}
    for name, place in parts.items():
        found[name] = place_of(place)
        if found[name] is None and isinstance(place, Mapping) and name not in given:
            what = "learned from" if name == "data" else f"has {name.replace('_', '-')} examples from"
            raise UsageError(f"{path} is of a run that {what} data in memory: name others")
    return found


def _of_network(
    network: dict[str, Any], given: dict[str, Any], path: str | Path, source: dict[str, Any] | None
) -> dict[str, Any]:
    """The network and its arguments; of another network than this only that there is nothing to add to it.

    `source` is the run that it began with, whose network it is.
    """
    if source is not None and not {"model", "from_run", "grow"} & given.keys():
        return {"from_run": source, "network": {} if source.get("grow") else network["asked"]}
    if {"from_run", "grow"} & given.keys():
        return dict.fromkeys((*OF_NETWORK, "weights", *OF_TUNING)) if source is None else {}
    model = network.get("model", network["entry"])  # older runs tell names from descriptions by nothing
    if "model" in given and given["model"] != model:
        return dict.fromkeys((*OF_NETWORK, "weights"))
    if model is None:
        raise UsageError(f"{path} is of a run with a network of its own: name another with --model")
    if isinstance(model, dict):  # a description, which is complete
        return {**dict.fromkeys(OF_NETWORK), "model": model}
    return {"model": model, "network": network["asked"]}
