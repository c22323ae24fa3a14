"""Keep the best model: whichever is best on validation answers, the network or one that stands beside it."""

from typing import Any

from gradatim.checks import UsageError
from gradatim.explain.best_model import BestBeside, sentence_of, settle_between
from gradatim.planning.plan import Plan
from gradatim.runs.asking import ask
from gradatim.runs.folder import Folder
from gradatim.runs.kept_model import read_kept, write_kept


def check_best(plan: Plan) -> None:
    """Raise UsageError where no other model can answer in the network's place."""
    problem = plan.trained.problem
    why = ""
    if not problem.learners_may_answer:
        why = f"with {problem.loss} the network answers more than the models beside it can"
    elif problem.loss is None:
        why = "a loss of your own is not kept with the run"
    elif not plan.baselines:
        why = "nothing stands beside this network: it is for tables with a test part, without --no-baselines"
    elif plan.data.valid is None:
        why = "the best is chosen on validation examples, and there are none"
    if why:
        raise UsageError(f"--keep-best-model cannot be done: {why}")


def decide(
    folder: Folder, plan: Plan, beside: BestBeside | None, network: dict[str, float], unseen: Any = None
) -> str:  # fmt: skip
    """Put in the run what answers from now on; the sentence that says it, empty where nothing is beside it.

    `beside` has seen the models that were learned just now; of a run that goes on the one that was kept is
    compared again. `network` are the network's measures on the judged examples; `unseen` its outputs for the
    examples of training and of validation where it has learned from both, each by members that had not seen
    it.
    """
    trained, valid = plan.trained, plan.data.valid
    kept = read_kept(folder, trained) if beside is None else beside.kept
    if kept is None or valid is None:
        return ""
    problem = trained.problem
    a = ask(trained, valid).a if unseen is None else unseen[-len(valid) :]
    ours = problem.measures_beside(a, valid.y)
    if beside is None:
        trained.kept = kept
        theirs = problem.measures_beside(ask(trained, valid).a, valid.y)
        trained.kept = None
    else:
        theirs = beside.metrics
    settle_between(problem, kept, ours, theirs)
    kept.network = network
    write_kept(folder, kept)
    trained.kept = kept if kept.answers else None
    return sentence_of(kept)


def beside_of(plan: Plan) -> Any:
    """What looks for the best of the other models, where that is to be kept."""
    return BestBeside(plan.trained, plan.data.valid) if plan.keep_best_model else None
