"""What the record of an epoch says besides: what its problem makes of it, and at four stages a sample."""

from typing import Any

from gradatim.decoding.generators import generator_for
from gradatim.runs.trained import Trained
from gradatim.training.record import Record

STAGES = 4  # of training, at which a sample is shown


def also_of(trained: Trained, record: Record, epochs: int, seed: int) -> dict[str, Any]:
    """More entries for the line of `metrics.jsonl`."""
    found: dict[str, Any] = trained.problem.of_record(record.valid)
    generate = generator_for(trained.problem.kind)
    if generate is not None and record.epoch in {max(1, epochs * n // (STAGES - 1)) for n in range(STAGES)}:
        found["sample"] = str(generate(trained.model, trained.problem, seed=seed))
    return found
