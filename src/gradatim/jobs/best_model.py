"""Keep the best model: what is best on validation answers, the network, one that stands beside it, or their
weighed mean.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.explain.best_model import ModelsBeside, sentence_of, shares_text
from gradatim.explain.mean_choice import choose_mean
from gradatim.planning.plan import Plan
from gradatim.runs.asking import ask, ask_beside
from gradatim.runs.baselines import read_baselines, write_baselines
from gradatim.runs.epoch_records import read_all
from gradatim.runs.folder import Folder
from gradatim.runs.kept_mean import (
    MEAN,
    NETWORK,
    KeptMean,
    as_models_give,
    mean_outputs,
    read_kept,
    write_kept,
)


def check_best(plan: Plan) -> None:
    """Raise UsageError where no other model can answer in the network's place."""
    problem = plan.trained.problem
    why = ""
    if not problem.learners_may_answer:
        why = f"with {problem.loss} the network answers more than the models beside it can"
    elif problem.learners == "constants":
        why = "beside a network of several tasks stands a constant alone, which answers no better"
    elif problem.has_own_loss:
        why = "a loss of your own is not kept with the run"
    elif plan.baselines and not plan.trained.encoder.columns(plan.data.train):
        why = "the models beside this network are not kept with the run; those of a table's columns are"
    elif not plan.baselines:
        why = "nothing stands beside this network: it is for tables with a test part, without --no-baselines"
    elif plan.data.valid is None:
        why = "the best is chosen on validation examples, and there are none"
    if why:
        raise UsageError(f"--keep-best-model cannot be done: {why}")


def models_beside(plan: Plan) -> ModelsBeside | None:
    """What gathers the other models, where the best is to be kept."""
    return ModelsBeside(plan.trained, plan.data.valid) if plan.keep_best_model else None


def decide(
    folder: Folder, plan: Plan, beside: ModelsBeside | None, network: dict[str, float], unseen: Any = None
) -> tuple[str, np.ndarray | None]:  # fmt: skip
    """Put in the run what answers from now on: the sentence that says it, empty where nothing is beside the
    network, and what it answers to the validation examples.

    `beside` has seen the models that were learned just now; of a run that goes on those that were kept are
    weighed again. `network` are the network's measures on the judged examples; `unseen` its outputs for the
    examples of training and of validation where it has learned from both, each by members that had not seen
    it.
    """
    trained, valid, problem = plan.trained, plan.data.valid, plan.trained.problem
    before = read_kept(folder, trained) if beside is None else None
    models = beside.models if beside is not None else [*before.models] if before is not None else []
    if not models or valid is None:
        return "", None
    others = [ask_beside(trained, one, valid) for one in models] if beside is None else beside.outputs
    own = ask(trained, valid).a if unseen is None else unseen[-len(valid) :]
    a = np.stack([as_models_give(problem, own), *others])
    kept = replace(choose_mean(problem, models, a, valid, plan.settings.seed), network=network)
    write_kept(folder, kept)
    trained.kept = kept if kept.answers else None
    share = np.array(kept.share)
    return sentence_of(kept), mean_outputs(problem, a[share > 0], share[share > 0])


def write_mean_row(folder: Folder, kept: KeptMean | None, metrics: dict[str, float]) -> None:
    """Let the mean, where it answers, stand among the models beside the network, with its measures."""
    others = [row for row in read_baselines(folder) if row["name"] != MEAN]
    rows = others
    if kept is not None and kept.is_mean:
        seconds = {row["name"]: row["seconds"] for row in others}
        seconds[NETWORK] = sum(row["seconds"] for row in read_all(folder.metrics))
        row = {"name": MEAN, "what": shares_text(kept), "metrics": metrics}
        rows = [*others, {**row, "seconds": sum(seconds.get(name, 0.0) for name in kept.shares)}]
    if folder.baselines.exists():
        write_baselines(folder, rows)
