"""What the files of a run hold, entry by entry, and the check of a file that is read."""

from datetime import datetime
from math import prod
from pathlib import Path
from typing import Any

from gradatim.checks import GradatimError
from gradatim.device import PRECISIONS
from gradatim.record_checks import (
    COUNT,
    MEASURE,
    NUMBER,
    RECORD,
    TEXT,
    TRUTH,
    DictOf,
    Entries,
    Form,
    ListOf,
    Maybe,
    Value,
    is_number,
    one_in,
    whole_from,
)

SPLITS = ("train", "valid", "test")


def _is_moment(value: Any) -> bool:
    try:
        return bool(datetime.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def _is_setting(value: Any) -> bool:
    single = value is None or isinstance(value, str | bool) or is_number(value)
    return single or (isinstance(value, list) and all(map(is_number, value)))


def _is_part(value: Any) -> bool:
    share = is_number(value) and 0 <= value < 1
    place = isinstance(value, dict) and all(isinstance(value.get(name, ""), str) for name in ("path", "name"))
    return value is None or share or place


def _is_name(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _are_names(value: Any) -> bool:
    return value is None or _is_name(value) or (isinstance(value, list) and all(map(_is_name, value)))


def _is_size(value: Any) -> bool:
    several = value if isinstance(value, list) else [value]
    return value is None or all(type(one) is int and one > 0 for one in several)


PART = Value("a share below 1, null, or the place of a file", _is_part)
COLUMN = Maybe(Value("a column's name", _is_name))
COLUMNS = Value("a column's name, or a list of such", _are_names)
SETTING = Value("a number, a text, true, false, null or a list of numbers", _is_setting)
SOURCE: dict[str, Form] = {
    "path": TEXT, "name": TEXT, "target": COLUMNS, "ignore": COLUMNS, "group": COLUMN, "time": COLUMN,
    "task_of": COLUMN,
    "task": Maybe(TEXT), "schema": Maybe(Value("a schema", lambda v: isinstance(v, str | dict))),
    "calendar": TRUTH, "input_size": Value("a size of pictures", _is_size),
}  # fmt: skip
DATA = Entries(
    {
        "source": Entries(SOURCE, optional=SOURCE),
        "fingerprint": Maybe(TEXT), "valid": PART, "test": PART, "other_fingerprints": DictOf(Maybe(TEXT)),
        "splits": Maybe(DictOf(Maybe(COUNT))), "judged_on": one_in(SPLITS), "task": Maybe(TEXT),
        "adapt_to": PART,
    },
    optional=("fingerprint", "valid", "test", "other_fingerprints", "splits", "task", "adapt_to"),
)  # fmt: skip
PLACES = ("path", "name", "stream", "memory")
PLACED = Entries(
    {"source": Value(f"a place, which is one of {', '.join(PLACES)}", lambda v: any(p in v for p in PLACES))}
)
OF_NETWORK: dict[str, Form] = {
    "entry": Maybe(RECORD), "class": Maybe(TEXT), "asked": RECORD,
    "model": Maybe(Value("a name or a description", lambda v: isinstance(v, str | dict))),
}  # fmt: skip
OF_SETTINGS: dict[str, Form] = {
    "epochs": whole_from(1), "patience": Maybe(whole_from(1)), "seed": Maybe(COUNT),
}  # fmt: skip
ENTRIES: dict[str, Form] = {
    "created": Value("a moment in ISO 8601", _is_moment), "command": TEXT, "name": TEXT, "data": DATA,
    "network": Entries(OF_NETWORK, optional=("model",)), "settings": Entries(OF_SETTINGS),
    "loss": Maybe(TEXT), "weights": Maybe(TEXT),
    "choices": DictOf(TEXT), "baselines": TRUTH, "versions": DictOf(TEXT),
    "extended": ListOf(Entries({"from": COUNT, "to": COUNT})), "ended": TRUTH, "keep_best_model": TRUTH,
}  # fmt: skip
TRIAL = Entries({"changed": RECORD, "loss": Maybe(MEASURE), "epoch": COUNT, "seconds": MEASURE})
MEMBER = Entries(
    {"kind": whole_from(1), "fold": whole_from(1), "epoch": COUNT, "loss": MEASURE, "share": MEASURE}
)
CONFIG = Entries(
    ENTRIES | {"tried": ListOf(TRIAL)}, optional=("weights", "baselines", "ended", "keep_best_model", "tried")
)
LARGEST = 2**40  # numbers of an example,
MOST_AXES = 16  # and what it has at most
SHAPE = Value(
    "the shape of an example, a list of whole numbers from 0 on",
    lambda v: (
        isinstance(v, list)
        and all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in v)
        and len(v) <= MOST_AXES
        and prod(max(n, 1) for n in v) <= LARGEST
    ),
)
MODEL = Entries(
    {
        "engine": one_in(("numpy", "torch")), "network": Maybe(RECORD), "class": Maybe(TEXT),
        "problem": RECORD, "input_shape": Maybe(SHAPE), "features": ListOf(TEXT),
        "targets": ListOf(TEXT), "encoder": Maybe(RECORD), "precision": one_in(PRECISIONS),
        "parameters": COUNT, "epoch": Maybe(COUNT), "sha256": TEXT, "arguments": RECORD,
        "members": ListOf(MEMBER),
    },
    optional=("parameters", "epoch", "sha256", "arguments", "members"),
)  # fmt: skip
METRICS = DictOf(MEASURE)
COMPARISON = Entries(
    {"rows": ListOf(Entries({"name": TEXT, "what": TEXT, "metrics": METRICS, "seconds": NUMBER}))}
)
EPOCH = {"epoch": whole_from(1), "step": COUNT, "train_loss": MEASURE, "lr": MEASURE, "seconds": NUMBER}
TEXTS = ("sample", "stage")  # in an epoch's record; the rest are numbers
CHECKPOINT = Entries({"training": RECORD, "extensions": COUNT, "metrics_bytes": COUNT})


def check_file(content: Any, form: Form, path: Path, where: str = "") -> None:
    """GradatimError naming the file, the entry, and what was expected of it."""
    try:
        form.check(content, "")
    except GradatimError as error:
        raise GradatimError(f"{path}{where} is damaged: {error}") from error


def check_config(config: dict[str, Any], path: Path) -> None:
    """The configuration of a run has all that is read of it."""
    check_file(config, CONFIG, path)
    check_file(config["data"], PLACED, path, ", data,")
    check_file(config["settings"], DictOf(SETTING), path, ", settings,")


def check_epochs(records: list[dict[str, Any]], path: Path) -> None:
    """The records are of the epochs 1, 2, 3, … of each stage, and hold numbers, or a text."""
    form, stage, epoch = Entries(EPOCH), None, 0
    for number, record in enumerate(records, 1):
        where = f", line {number},"
        check_file(record, form, path, where)
        check_file({name: v for name, v in record.items() if name not in TEXTS}, METRICS, path, where)
        check_file(record, Entries(dict.fromkeys(TEXTS, TEXT), optional=TEXTS), path, where)
        epoch = epoch + 1 if record.get("stage") == stage else 1
        stage = record.get("stage")
        if record["epoch"] != epoch:
            raise GradatimError(f"{path}{where} is damaged: epoch must be {epoch}; it is {record['epoch']}")
