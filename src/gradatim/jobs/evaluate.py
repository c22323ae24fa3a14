"""Evaluate: how right a trained network is."""

from typing import TYPE_CHECKING, Any

from gradatim.checks import UsageError, one_of
from gradatim.data.dataset import Dataset
from gradatim.data.loading import load_data, load_like
from gradatim.data.objects import is_loader
from gradatim.data.preprocessing import is_table
from gradatim.data.tables.encoding import like
from gradatim.data.targets import recode
from gradatim.data.text import Vocabulary
from gradatim.jobs.measure import Measured, measure
from gradatim.jobs.texts import load_text, measure_text, within

if TYPE_CHECKING:
    from gradatim.jobs.run import Run


def evaluate(run: "Run", data: Any = None, split: str = "test") -> dict[str, Any]:
    """Measures on a split of the run's own data, or on all of other `data`.

    Returns {"split": "train", "valid", "test" or "data", "n": …, "metrics": {"accuracy": …, …}}.
    """
    split = run.measured_on if split == "test" else split  # a text has no test part
    measured = measured_on(run, data, split)
    return {"split": "data" if data is not None else split, "n": measured.n, "metrics": measured.metrics}


def measured_on(run: "Run", data: Any = None, split: str = "test") -> Measured:
    """The same with everything that was measured."""
    examples = data
    if data is None:
        one_of("split", split, ("train", "valid", "test"))
        examples = getattr(run.data, split)
        if examples is None:
            raise UsageError(f"this run has no {split} examples")
    if run.is_text:
        return _measured_on_text(run, examples)
    if is_loader(examples):
        return measure(run.trained, examples)
    if not isinstance(examples, Dataset):
        record = run.trained.preprocessing
        if is_table(record):
            examples = load_like(examples, like(record, run.trained.classes))  # type: ignore[arg-type]
        else:
            examples = load_data(examples, run.config["data"]["source"].get("target"))
        if examples.y is None:
            raise UsageError(f"{examples.name} has no target to compare with")
    if run.trained.classes:
        examples = recode(examples, run.trained.classes)
    return measure(run.trained, examples)


def _measured_on_text(run: "Run", data: Any) -> Measured:
    text = within(Vocabulary(run.trained.classes), load_text(data))
    return measure_text(run.model, text, run.config["settings"]["window"])
