"""Evaluate: how right a trained network is."""

from typing import TYPE_CHECKING, Any

from gradatim.checks import UsageError, one_of
from gradatim.data.dataset import Dataset
from gradatim.data.loading import load_data
from gradatim.data.objects import is_loader
from gradatim.data.targets import recode
from gradatim.data.text import Text, Vocabulary
from gradatim.jobs.measure import Measured, measure
from gradatim.jobs.texts import KIND, load_text, measure_text, within

if TYPE_CHECKING:
    from gradatim.jobs.run import Run


def evaluate(run: "Run", data: Any = None, split: str = "test") -> dict[str, Any]:
    """Measures on a split of the run's own data, or on all of other `data`.

    Returns {"split": "train", "valid", "test" or "data", "n": …, "metrics": {"accuracy": …, …}}.
    """
    split = _split_of(run, split)
    measured = measured_on(run, data, split)
    return {"split": "data" if data is not None else split, "n": measured.n, "metrics": measured.metrics}


def measured_on(run: "Run", data: Any = None, split: str = "test") -> Measured:
    """The same with everything that was measured."""
    examples = data
    split = _split_of(run, split)
    if data is None:
        one_of("split", split, ("train", "valid", "test"))
        examples = getattr(run.data, split)
        if examples is None:
            raise UsageError(f"this run has no {split} examples")
    if is_text_run(run):
        return _measured_on_text(run, examples)
    if is_loader(examples):
        return measure(run.trained, examples)
    if not isinstance(examples, Dataset):
        target = run.config["data"]["source"].get("target")
        examples = load_data(examples, target)
        if examples.y is None:
            raise UsageError(f"{examples.name} has no target to compare with")
    return measure(run.trained, recode(examples, run.trained.classes) if run.trained.classes else examples)


def is_text_run(run: "Run") -> bool:
    """Whether the run learned a text."""
    return run.config["data"].get("kind") == KIND


def _split_of(run: "Run", split: str) -> str:
    """The split asked for; of a text, which has no test part, its validation part."""
    return "valid" if split == "test" and is_text_run(run) else split


def _measured_on_text(run: "Run", text: Any) -> Measured:
    if not isinstance(text, Text) or text.vocabulary.characters != "".join(run.trained.classes):
        vocabulary = Vocabulary(run.trained.classes)
        text = within(Text(vocabulary.encode(""), vocabulary), load_text(text))
    return measure_text(run.model, text, run.config["settings"]["window"])
