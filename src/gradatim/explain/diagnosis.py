"""What is wrong with a run, a sentence each: nothing was learned, others are better, too few rows or epochs.

This is the one place that decides it; the end of training and the report say the same sentences.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gradatim.explain.caption_baselines import NEAREST as CAPTIONS
from gradatim.explain.comparison import CALLED, measure_text
from gradatim.explain.headline import CONSTANTS, some_examples
from gradatim.explain.number_format import count, measure, measure_name, percent
from gradatim.explain.tag_baselines import NAME as TAGS
from gradatim.problems.evidence import Confusion

if TYPE_CHECKING:
    from gradatim.explain.report import Report

FEW_EXAMPLES = 20  # fewer are too few to measure on: an accuracy of ½ is uncertain by more than ±0.2
LITTLE_R2 = 0.02  # below which a network answers as the mean does
LITTLE_GAIN = 0.02  # of balanced accuracy over guessing
FLAT = 0.01  # the share of the first training loss by which it must fall
TAIL = 0.2  # the last epochs, in which a loss may still be falling
STILL_FALLING = 0.02  # the share of the whole fall that comes in the tail
FAR_AHEAD = 1.25  # how many times a better model's error, of numbers
FAR_AHEAD_RATE = 1.5  # the same of a share of wrong answers, which must also be beyond chance


def diagnose(report: "Report") -> list[str]:
    """The sentences, the gravest first; none of a run that shows nothing odd."""
    learned_nothing = _nothing_learned(report)
    ahead = _far_ahead(report)
    return [
        *([learned_nothing] if learned_nothing else []),
        *([ahead] if ahead else []),
        *_too_few(report),
        *([] if learned_nothing else _still_improving(report)),
    ]


# ---- nothing was learned


def _nothing_learned(report: "Report") -> str:
    """That the answers are no better than one that reads no input, and what training says of the cause."""
    sign = _no_better_than_constant(report)
    losses = [record["train_loss"] for record in report.records if record.get("train_loss") is not None]
    flat = report.problem.loss_falls and _is_flat(losses)
    if not sign and (not flat or _is_better_than_constant(report)):
        return ""
    if flat:
        stood = f"the training loss stayed at {measure(losses[0])}"
        sign = f"{sign}, and {stood}" if sign else stood
        return f"Nothing was learned: {sign}. Try another learning rate, and look at the inputs."
    return (
        f"Nothing was learned that holds for new examples: {sign}. The inputs may say nothing of the target, "
        "or the network learned its training examples by heart."
    )


def _is_flat(losses: Sequence[float]) -> bool:
    return len(losses) > 1 and losses[0] - min(losses) <= FLAT * abs(losses[0])


def _no_better_than_constant(report: "Report") -> str:
    """In words, of the measures; nothing where they are better, or where there is none."""
    metrics, some = report.metrics, some_examples(report.size, report.word)
    if report.size < FEW_EXAMPLES:  # where chance decides
        return ""
    if "r2" in metrics:
        if metrics["r2"] >= LITTLE_R2:
            return ""
        return f"R² on {some} is {measure_text('r2', metrics['r2'])}, and always answering the mean gets 0"
    guess = _commonest(report)
    if guess is None or metrics.get("accuracy", 1.0) > guess[0]:
        return ""
    share, classes = guess
    balanced = metrics.get("balanced_accuracy", 0.0)
    if balanced > 1 / classes + LITTLE_GAIN or metrics.get("auc", 0.5) > 0.5 + LITTLE_GAIN:
        return ""
    return (
        f"accuracy on {some} is {percent(metrics['accuracy'])}, and the commonest class gets {percent(share)}"
    )


def _commonest(report: "Report") -> tuple[float, int] | None:
    """The share of the commonest class of the judged examples, and how many classes there are."""
    counts = next((one.counts for one in report.evidence if isinstance(one, Confusion)), None)
    if counts is None or not counts.sum():
        return None
    return float(counts.sum(1).max() / counts.sum()), int((counts.sum(1) > 0).sum())


def _is_better_than_constant(report: "Report") -> bool:
    """Whether a measure shows that something is known, as of a network that came with its weights."""
    guess = _commonest(report)
    known = guess is not None and report.metrics.get("accuracy", 0.0) > guess[0]
    return known or report.metrics.get("r2", 0.0) >= LITTLE_R2


# ---- others are better


def _far_ahead(report: "Report") -> str:
    """The best of the models beside the network, where it is far better."""
    if report.answered:  # the best of them answers
        return ""
    name, sign = report.problem.deciding if report.baselines else ("", 1)
    rows = [row for row in report.baselines if name in row["metrics"] and row["name"] not in CONSTANTS]
    if name not in report.metrics or not rows:
        return ""
    best = max(rows, key=lambda row: sign * row["metrics"][name])
    ours, theirs = report.metrics[name], best["metrics"][name]
    if not _is_far(sign, ours, theirs, report.size):
        return ""
    who = CALLED.get(best["name"], best["name"])
    verb = "is" if best["name"] in ("linear model", TAGS, CAPTIONS) else "are"
    advice = (
        "Try more --epochs"
        if best["name"] in (TAGS, CAPTIONS)
        else "--keep-best-model lets the better one answer"
    )
    return (
        f"{who[0].upper()}{who[1:]} {verb} far ahead of the network: {measure_name(name)} "
        f"{measure_text(name, theirs)} beside {measure_text(name, ours)}. {advice}."
    )


def _is_far(sign: int, ours: float, theirs: float, examples: int) -> bool:
    """Whether a model's measure is so much better that chance is no reason."""
    if examples < FEW_EXAMPLES:
        return False
    if sign < 0:
        return ours > FAR_AHEAD * theirs
    most = 100 if max(ours, theirs) > 1 else 1  # BLEU is out of 100, a share of 1
    wrong, least = 1 - ours / most, 1 - theirs / most
    error = ((wrong * (1 - wrong) + least * (1 - least)) / examples) ** 0.5
    return wrong > FAR_AHEAD_RATE * least and wrong - least > 2 * error


# ---- too few examples, too few epochs


def _too_few(report: "Report") -> list[str]:
    found = []
    if report.metrics and report.unit != "characters" and 0 < report.size < FEW_EXAMPLES:
        some = some_examples(report.size, report.word)
        verb = "is" if report.size == 1 else "are"
        found.append(f"{some[0].upper()}{some[1:]} {verb} too few to measure: the figures are mostly chance.")
    rows = report.sizes.get("train", 0)
    if report.inputs and 0 < rows < report.inputs:
        found.append(
            f"The table has fewer training rows ({count(rows)}) than input features after encoding "
            f"({count(report.inputs)}): the network can learn the rows by heart. Leave out columns, or add "
            "rows."
        )
    return found


def _still_improving(report: "Report") -> list[str]:
    """That the last epoch was the best, the loss still fell, and how many epochs to give."""
    epochs = report.settings.get("epochs")
    losses = [record.get("valid_loss") for record in report.records]
    if len(losses) < 2 or len(losses) != epochs or None in losses:
        return []
    course: list[Any] = losses
    before = course[-1 - max(1, round(TAIL * len(course)))]
    last, fall = course[-1], max(course) - course[-1]
    if last > min(course) or fall <= 0 or before - last <= STILL_FALLING * fall:
        return []
    return [
        f"Training was still improving when it ended: the validation loss fell from {measure(before)} to "
        f"{measure(last)} in the last fifth of the epochs. Try --epochs {2 * len(course)}."
    ]
