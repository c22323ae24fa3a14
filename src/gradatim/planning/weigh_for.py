"""Training examples weighed for where a network will be used."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import fit_encoder
from gradatim.data.sources.source import is_named, source_like
from gradatim.data.sources.table import table_like
from gradatim.data.splits import Splits
from gradatim.data.tables.matching import match_columns
from gradatim.planning.data_draft import DataDraft

FEW = 0.2  # of the examples, as many as which the weights should say


def weigh_examples(draft: DataDraft) -> None:
    """Weigh training and validation examples for the rows of `--weigh-for`, where it is asked for."""
    if draft.asked.weigh_for is None:
        return
    draft.parts, there, draft.choices["weights"] = weigh_for(draft.parts, draft.asked.weigh_for, draft.whole)
    draft.records["weigh_for"] = there.source
    if there.fingerprint:
        draft.fingerprints["weigh_for"] = there.fingerprint


def weigh_for(parts: Splits, target: Any, whole: Any) -> tuple[Splits, Any, str]:
    """Training and validation examples with weights p_target(x)/p_train(x), the target's examples, and what
    their effective number is, in a sentence.

    `target` is a file, or rows in memory, with the columns of the examples; it needs no answers. Weights
    that the examples have already are multiplied. Raises UsageError for examples that are no rows, and for
    a target with other columns.
    """
    from gradatim.transfer.density_ratio import effective_sample_size, gap_between, ratio_weights

    if not isinstance(whole, Dataset):
        raise UsageError(f"--weigh-for is for rows of tables and of arrays; {whole.name} is {whole.form}")
    _check_columns(target, whole)
    there = source_like(target, whole, whole.question.task).new(target, whole).examples
    there = replace(there, source=_place(target))
    encoder = fit_encoder(parts.train)
    split = len(parts.train)
    rows = [_inputs(encoder, one) for one in (parts.train, parts.valid) if one is not None]
    source = np.concatenate(rows)
    target_rows = _inputs(encoder, there)
    weights = ratio_weights(source, target_rows)
    found = parts._replace(train=_weighed(parts.train, weights[:split]))
    if parts.valid is not None:
        found = found._replace(valid=_weighed(parts.valid, weights[split:]))
    size, name = effective_sample_size(weights[:split]), Path(there.name).name
    said = (
        f"training examples are weighed for the {len(there):,} rows of {name}: the {split:,} count as "
        f"{size:,.0f} equal ones would (effective sample size)"
    )
    gap = gap_between(source, target_rows)
    if gap:
        said += f"; but the training examples and {name} {gap}"
    elif size < FEW * split:
        said += f"; {name} hardly overlaps with {whole.name}, which teaches little about it"
    return found, there, said


def _check_columns(target: Any, whole: Dataset) -> None:
    """UsageError naming the columns that a table to weigh for has not."""
    if not whole.columns:
        return
    table = match_columns(table_like(target, whole), [*whole.features, *whole.targets])
    missing = [repr(name) for name in whole.features if name not in table.columns]
    if missing:
        raise UsageError(
            f"{table.name} has no column {', '.join(missing)}: to weigh for it, it must have every input of "
            f"{whole.name}"
        )


def _place(target: Any) -> dict[str, Any]:
    """Where the target's rows are found again."""
    if is_named(target):
        return {"name": target}
    return {"path": str(Path(target).resolve())} if isinstance(target, str | Path) else {"memory": True}


def _inputs(encoder: Any, examples: Dataset) -> np.ndarray:
    x = encoder.inputs(examples, np.float64)
    return x.reshape(len(x), -1)


def _weighed(examples: Dataset, weights: np.ndarray) -> Dataset:
    if not weights.any():
        raise UsageError("no training example is like the target's: the domains do not overlap")
    weights = weights / weights.mean()
    return replace(examples, weights=weights if examples.weights is None else examples.weights * weights)
