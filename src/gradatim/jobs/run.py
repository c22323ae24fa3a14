"""A run, as an object whose methods are the verbs."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from gradatim.checks import Notice, UsageError
from gradatim.data.word_vectors import WordVectors, word_vectors_of
from gradatim.explain.run_summary import summary_html, summary_text
from gradatim.jobs.evaluate import Evaluation, evaluate, examples_like_training, measure, part_of
from gradatim.jobs.predict import Predictions, predict
from gradatim.jobs.report import report
from gradatim.jobs.sample import LENGTH, sample
from gradatim.jobs.summary import summarise
from gradatim.planning.find_again import find_again
from gradatim.planning.run_data import Data
from gradatim.planning.text_answers import TextAnswers
from gradatim.problems.own_metrics import OwnMetrics, functions_sentence, own_metrics
from gradatim.runs.asking import new_examples
from gradatim.runs.baselines import read_baselines
from gradatim.runs.epoch_records import read_metrics
from gradatim.runs.folder import Folder, find
from gradatim.runs.trained import Trained, load_trained


class Run:
    """A run folder and what was learned in it; `load` brings one back, `train` returns one."""

    def __init__(
        self, folder: Folder, config: dict[str, Any], trained: Trained, data: Data | None = None,
        measured: Evaluation | None = None, moved: Any = None, own: OwnMetrics | None = None,
    ):  # fmt: skip
        self.folder, self.config, self.trained = folder, config, trained
        self.own = own_metrics(config["settings"].get("metrics")) if own is None else own
        self._data, self._measured, self._moved = data, measured, moved

    @property
    def path(self) -> Path:
        """The run folder."""
        return self.folder.path

    @cached_property
    def model(self) -> Any:
        """The network, a torch module, whichever engine has trained it."""
        return self.trained.module()

    @property
    def records(self) -> list[dict[str, Any]]:
        """The records of `metrics.jsonl`, one an epoch."""
        return read_metrics(self.folder.metrics)

    @property
    def data(self) -> Data:
        """The examples of the run, found again when it was loaded; GradatimError when they have changed."""
        if self._data is None:
            self._data = find_again(self.config["data"], self._moved)
        return self._data

    @property
    def judged_on(self) -> str:
        """The split that `metrics` are of: of a text the one for validation, as it has no test part."""
        return self.config["data"]["judged_on"]

    @property
    def measured(self) -> Evaluation | None:
        """What the network answered to the examples that it is judged on; None where there are none."""
        if self._measured is None and self.data.judged is not None:
            self._measured = measure(self.trained, self.data.judged, self.own)
        return self._measured

    @property
    def metrics(self) -> dict[str, float]:
        """The measures on the test examples, of a text on its validation part; empty when there are none."""
        return self.measured.metrics if self.measured is not None else {}

    @property
    def answers(self) -> str:
        """Which model answers: `network`, or the name of the one that is kept in its place."""
        return "network" if self.trained.kept is None else self.trained.kept.name

    @property
    def network_metrics(self) -> dict[str, float]:
        """The measures of the network itself, whichever model answers."""
        return self.metrics if self.trained.kept is None else self.trained.kept.network

    @property
    def baselines(self) -> list[dict[str, Any]]:
        """What other models got on the same test examples: name, what it is, metrics, seconds."""
        return read_baselines(self.folder)

    def evaluate(self, data: Any = None, split: str = "test", metrics: Any = None) -> dict[str, Any]:
        """Measures on the run's own split, or on other examples: {"split": …, "n": …, "metrics": {…}}.

        `metrics` are more, as `train` takes them: those that are functions have to be given again to a run
        that was loaded, since no file holds a function.
        """
        more = own_metrics(metrics).check(self.trained.problem)
        own = self.own.and_others(more)
        missing = [name for name in self.config.get("own_metrics", ()) if name not in own.functions]
        if missing:
            warnings.warn(functions_sentence(missing), Notice, stacklevel=2)
        if data is not None:
            return evaluate(self.trained, examples_like_training(self.trained, data), own=own)
        examples = part_of(self.data, split)
        found = evaluate(self.trained, examples, self.judged_on if split == "test" else split, own)
        beside = self.baselines if self.trained.problem.compares and split == "test" else []
        return found | ({"beside": beside} if beside else {})

    def predict(
        self, data: Any, beam: int | None = None, n_best: int | None = None, coverage: float | None = None,
        copy_unknown: bool = False, sample: bool = False, temperature: float | None = None,
        top_k: int | None = None, seed: int | None = None, tiles: bool = False,
    ) -> Predictions:  # fmt: skip
        """The class and the probabilities for every example of arrays, a data frame, a file or a name.

        Of answers that are texts, `beam` is how many are followed at every step, `n_best` how many are given,
        `coverage` the weight of the penalty for what is not attended to; with `copy_unknown` an unknown word
        is the word of the input that was attended to most. With `sample` they are drawn, at a `temperature`,
        1 where none is given, of the `top_k` most probable symbols; the same `seed` draws the same.

        Masks are written in the size of the pictures' files; with `tiles` pictures larger than those that
        were learned from are read at their own size, piece by piece.
        """
        asked = TextAnswers(beam, n_best, coverage, copy_unknown, sample, temperature, top_k, seed)
        trained = replace(self.trained, problem=asked.of(self.trained.problem))
        return predict(trained, [new_examples(trained, data)], tiles)

    def sample(
        self, prompt: str = "", length: int = LENGTH, seed: int = 0, temperature: float = 1.0,
        top_k: int | None = None,
    ) -> Any:  # fmt: skip
        """What a language model writes behind a prompt; the same seed gives the same characters."""
        return sample(self.trained, prompt, length, seed, temperature, top_k)

    @property
    def word_vectors(self) -> WordVectors:
        """The vectors that the network has for words; UsageError for a network without any."""
        return word_vectors_of(self.trained.model, self.trained.encoder)

    @property
    def word_counts(self) -> tuple[int, ...]:
        """How often each of these words came in training, where that is known."""
        return getattr(self.trained.encoder, "counts", ())

    @property
    def unfinished(self) -> str:
        """What to know of a network that is not the one its run is to have; empty when it is."""
        done, epochs = self.trained.epochs_done, self.config["settings"]["epochs"]
        if done is not None and self.config.get("ended", False):
            return f"{self.folder.model} is gone: this is the network of the run's checkpoint"
        if done is not None:
            so_far = f"{done} of {epochs} epochs"
            return f"{self.path} has not finished: this is the network of its checkpoint, {so_far}"
        if not self.config.get("ended", True):
            return f"{self.path} goes on and has not finished: this is the network that it had before"
        return ""

    def report(self, beside: "Sequence[Run | str | Path]" = (), out: str | Path | None = None) -> Path:
        """Write `report.html` again; its path. With `beside`, other runs on the same data, write a page to
        `out` that sets them beside this one.

        Raises UsageError where `beside` lacks `out` or the reverse, and for runs that cannot be compared.
        """
        if not beside and out is None:
            return report(self)
        if not beside or out is None:
            raise UsageError("a page of several runs needs both: report(beside=[run], out='both.html')")
        from gradatim.jobs.report_beside import report_beside

        others = [one if isinstance(one, Run) else load(one) for one in beside]
        return Path(report_beside([self, *others], out)["report"])

    def summary(self) -> str:
        """Data, network, epochs, the best epoch, measures and files, in some lines of text."""
        return summary_text(summarise(self.folder, self.trained))

    def _repr_html_(self) -> str:
        """The summary and the learning curves, for a notebook."""
        from gradatim.explain.charts.as_svg import as_svg
        from gradatim.explain.charts.learning_curves import Course, learning_curves

        found = summarise(self.folder, self.trained)
        course = Course(self.path.name, self.records, found["best_epoch"])
        return summary_html(found, as_svg(learning_curves([course])))

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r})"


def load(run: str | Path, classes: Mapping[str, Callable[[], Any]] | None = None, data: Any = None) -> Run:
    """A run by its folder, or by its name under `runs/`; `classes` brings back a network of your own class.

    `data` says where its data are now, when they have moved or were in memory. Of a run that has not finished
    it is the network so far, with a Notice, which is a warning.

    Raises UsageError for an unknown run, GradatimError for a missing, damaged, foreign or newer file in it.
    """
    folder = find(run)
    found = Run(folder, folder.read_config(), load_trained(folder, classes), moved=data)
    if found.unfinished:
        warnings.warn(found.unfinished, Notice, stacklevel=2)
    return found
