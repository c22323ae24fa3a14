"""A plan that is carried out without a run folder, as estimators do."""

import warnings
from dataclasses import replace
from typing import NamedTuple

from gradatim.by_hand.network import Network
from gradatim.checks import Notice
from gradatim.device import threads
from gradatim.planning.learned import keep_learned
from gradatim.planning.make_loop import loop_of
from gradatim.planning.plan import Plan
from gradatim.runs.trained import Trained


class PlanTraining(NamedTuple):
    """The training loss of every epoch, how many epochs there were, and what validation settled."""

    losses: list[float]
    epochs: int
    settled: str

    @property
    def last(self) -> float:
        """The last loss; not a number where there was no epoch."""
        return self.losses[-1] if self.losses else float("nan")


def train_plan(plan: Plan, verbose: bool) -> PlanTraining:
    """Teach the plan's network, epoch after epoch to the end, or until time is up, which is said."""
    for sentence in plan.data.notices:
        warnings.warn(sentence, Notice, stacklevel=4)
    losses = []
    with threads(plan.settings.engine, plan.settings.threads or 1):
        loop = loop_of(plan)
        for record in loop:
            losses.append(record.train_loss)
            if verbose:
                valid = f", validation loss = {record.valid['loss']:.6f}" if record.valid else ""
                print(f"Epoch {record.epoch} of {loop.epochs}, loss = {record.train_loss:.6f}{valid}")
        if not loop.finished:
            sentence = f"max_minutes were up in epoch {loop.epoch + 1} of {loop.epochs}"
            warnings.warn(sentence, Notice, stacklevel=4)
        settled = keep_learned(plan, loop)
    if settled and verbose:
        print(settled)
    return PlanTraining(losses, loop.epoch, settled)


def without_buffers(trained: Trained) -> Trained:
    """The same, its network by hand without what its layers hold of the examples of their last call."""
    model = trained.model
    if not isinstance(model, Network):
        return trained
    bare = Network(model.entries, None, model.dtype)
    bare.load_state_dict(model.state_dict())
    return replace(trained, model=bare)
