"""What the record of an epoch says besides: what its problem makes of it, and at four stages a sample."""

from typing import Any

from gradatim.decoding.generators import generator_for
from gradatim.runs.trained import Trained
from gradatim.training.record import Record

STAGES = 4  # of training, at which a sample is shown


def stage_epochs(epochs: int) -> set[int]:
    """The epochs at whose end there is a sample: the first, the last, and those at equal steps between.

    >>> sorted(stage_epochs(4)), sorted(stage_epochs(40)), sorted(stage_epochs(2))
    ([1, 2, 3, 4], [1, 14, 27, 40], [1, 2])
    """
    between = max(STAGES - 1, 1)
    return {1 + round((epochs - 1) * n / between) for n in range(between + 1)}


def also_of(trained: Trained, record: Record, epochs: int, seed: int) -> dict[str, Any]:
    """More entries for the line of `metrics.jsonl`."""
    found: dict[str, Any] = trained.problem.of_record(record.valid)
    generate = generator_for(trained.problem.kind)
    if generate is not None and record.epoch in stage_epochs(epochs):
        found["sample"] = str(generate(trained.model, trained.problem, seed=seed))
    return found
