"""Evaluate: how right a trained network is."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gradatim.checks import UsageError, one_of
from gradatim.data.dataset import Dataset
from gradatim.data.frames import is_frame, named_alike, split_frame
from gradatim.data.loading import load_data, load_like
from gradatim.data.objects import from_arrays, is_loader
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

    Returns {"split": "train", "valid", "test" or "data", "n": …, "metrics": {"accuracy": …, …}}, and
    "notices" where something is odd of the other data.
    """
    split = run.measured_on if split == "test" else split  # a text has no test part
    examples = _examples(run, data, split)
    measured = _measured(run, examples)
    found = {"split": "data" if data is not None else split, "n": measured.n, "metrics": measured.metrics}
    notices = getattr(examples, "notices", ()) if data is not None else ()
    return found | ({"notices": list(notices)} if notices else {})


def measured_on(run: "Run", data: Any = None, split: str = "test") -> Measured:
    """The same with everything that was measured."""
    return _measured(run, _examples(run, data, split))


def _examples(run: "Run", data: Any, split: str) -> Any:
    """A part of the run's own examples, or other data as such examples."""
    examples = data
    if data is None:
        one_of("split", split, ("train", "valid", "test"))
        examples = getattr(run.data, split)
        if examples is None:
            raise UsageError(f"this run has no {split} examples")
    if run.is_text or is_loader(examples):
        return examples
    if not isinstance(examples, Dataset):
        record = run.trained.preprocessing
        if is_table(record):
            examples = load_like(examples, like(record, run.trained.classes))  # type: ignore[arg-type]
        else:
            examples = _plain(examples, run)
        if examples.y is None:
            raise UsageError(f"{examples.name} has no target to compare with")
    return recode(examples, run.trained.classes) if run.trained.classes else examples


def _plain(data: Any, run: "Run") -> Dataset:
    """Other data of a network that learned from arrays; of a frame, the columns that it learned from."""
    target, features = run.config["data"]["source"].get("target"), run.trained.features
    if not is_frame(data) or target is None or not features:
        return load_data(data, target)
    frame, said = named_alike(data, [*features, target])
    x, y, _ = split_frame(frame, target, features)
    return replace(from_arrays(x, y, features=features), notices=tuple(said))


def _measured(run: "Run", examples: Any) -> Measured:
    if run.is_text:
        text = within(Vocabulary(run.trained.classes), load_text(examples))
        return measure_text(run.model, text, run.config["settings"]["window"])
    return measure(run.trained, examples)
