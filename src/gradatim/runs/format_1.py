"""Run folders of format 1, which knew no problems and no encoders: their records as those of today."""

from typing import Any

Record = dict[str, Any]
INTERVALS = ("gaussian_nll", "laplace_nll")


def model_of_format_1(content: Record, config: Record) -> Record:
    """The content of `model.json` as format 2 has it; what a run learned from stands in its config."""
    record, source = content["preprocessing"], config["data"]["source"]
    facts = {name: value for name, value in content.items() if name not in OLD}
    threshold, interval = facts.pop("threshold", None), facts.pop("interval", None)
    target = (record or {}).get("target")
    asked = source.get("target") if isinstance(source, dict) else None
    found = {
        **facts, "engine": content.get("engine", "torch"), "network": content["network"],
        "class": content["class"], "input_shape": content["input_shape"], "features": content["features"],
        "precision": content["precision"], "encoder": record,
        "targets": target["names"] if target else [asked] if isinstance(asked, str) else asked or [],
        "problem": {"kind": "classes", "names": content["classes"], "loss": content["loss"],
                    "threshold": threshold},
    }  # fmt: skip
    if config["data"].get("kind") == "text":
        characters = "".join(content["classes"])
        window = config["settings"]["window"]
        return {
            **found, "input_shape": [],
            "encoder": {"name": "characters", "characters": characters, "window": window},
            "problem": {"kind": "next character", "names": content["classes"], "loss": content["loss"]},
        }  # fmt: skip
    if record is None and content["input_shape"] is None:
        return {**found, "encoder": {"name": "as given"}}
    if not target or target["task"] == "classification":
        return found
    return {**found, "problem": _problem(target, content["loss"], interval)}


OLD = ("format", "engine", "network", "class", "loss", "classes", "input_shape", "features", "preprocessing",
       "precision")  # fmt: skip


def _problem(target: Record, loss: str | None, interval: Record | None) -> Record:
    """The problem of a table's target that is no class."""
    if target["task"] == "multilabel":
        names = target["labels"] if "separator" in target else target["names"]
        return {"kind": "labels", "names": names, "loss": loss, "separator": target.get("separator", "")}
    kind = "intervals" if loss in INTERVALS else "numbers"
    found = {"kind": kind, "names": target["names"], "loss": loss,
             "shift": target.get("shift", []), "scale": target.get("scale", [])}  # fmt: skip
    return {**found, "interval": interval} if kind == "intervals" else found


def config_of_format_1(config: Record) -> Record:
    """The content of `config.json` as format 2 has it."""
    data = config.get("data")
    if not isinstance(data, dict):
        return config
    is_text = data.get("kind") == "text"
    facts = {name: value for name, value in config.items() if name != "format"}
    found = {**facts, "data": {"judged_on": "valid" if is_text else "test", **data}}
    if isinstance(config.get("settings"), dict) and not is_text:  # which let a window be asked for, of no use
        found["settings"] = {**config["settings"], "window": None}
    return found
