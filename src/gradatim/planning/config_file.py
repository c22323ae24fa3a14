"""`--config`: options from a JSON file, or a run's config.json, which runs it again: data, network, settings."""

from pathlib import Path
from typing import Any

from gradatim.checks import GradatimError, UsageError, did_you_mean
from gradatim.files import read_any_json
from gradatim.planning.data_options import DATA_NAMES
from gradatim.planning.settings import NAMES, OF_NETWORK

OTHERS = ("data", "model", "network", "loss")


def read_config_file(path: str | Path, given: dict[str, Any] | None = None) -> dict[str, Any]:
    """The options of a file, as `train` takes them, behind those that were `given`.

    Of another network than the file's, its arguments are left out. Raises UsageError for an unknown option,
    and for a run whose data or network were in memory unless others are given.
    """
    given = given or {}
    content = read_any_json(path, "JSON file of settings")
    if isinstance(content.get("settings"), dict):
        content = _of_run(content, given, path)
    for name in content:
        if name not in (*DATA_NAMES, *NAMES, *OTHERS):
            raise UsageError(f"{path}: unknown option {name!r}: {did_you_mean(name, (*NAMES, *DATA_NAMES))}")
    network = {**content.pop("network", {}), **given.get("network", {})}
    return {**content, **given, **({"network": network} if network else {})}


def _of_run(config: dict[str, Any], given: dict[str, Any], path: str | Path) -> dict[str, Any]:
    """The options that a run was made with."""
    try:
        source, network = config["data"]["source"], config["network"]
        found = {name: value for name, value in source.items() if name in DATA_NAMES} | {
            part: _place(config["data"][part]) for part in ("valid", "test")
        }
        data = source.get("name") or source.get("path")
        entry, model = network["entry"], network.get("model")
        found |= {"data": data, "loss": config["loss"], **config["settings"]}
    except (KeyError, TypeError, AttributeError) as error:
        raise GradatimError(f"{path} is damaged: {error!r}") from error
    if data is None and "data" not in given:
        raise UsageError(f"{path} is of a run that learned from data in memory: name others")
    if "model" in given:
        dropped: tuple[str, ...] = OF_NETWORK
    elif entry is None:
        raise UsageError(f"{path} is of a run with a network of its own: name another with --model")
    elif isinstance(model, dict):  # a description, which is complete
        found["model"], dropped = model, OF_NETWORK
    else:
        found |= {"model": model or entry["name"], "network": network["asked"]}
        dropped = ()
    return {name: value for name, value in found.items() if value not in (None, {}) and name not in dropped}


def _place(source: Any) -> Any:
    return source.get("path") or source.get("name") if isinstance(source, dict) else source
