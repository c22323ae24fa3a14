"""The examples of a run: read and divided, stage by stage."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gradatim.data.arrays import with_axes_of
from gradatim.data.as_dataset import axes_notices
from gradatim.data.masks import check_void
from gradatim.data.sources.source import source_of
from gradatim.planning.data_draft import DataDraft
from gradatim.planning.data_options import DataOptions
from gradatim.planning.divide_data import divide_rest, read_other_parts
from gradatim.planning.domain_of_target import read_domain
from gradatim.planning.run_data import Data
from gradatim.planning.weigh_for import weigh_examples
from gradatim.problems.choose import kind_of

STAGES: tuple[Callable[[DataDraft], None], ...] = (  # after the examples themselves are read
    read_domain,
    read_other_parts,
    divide_rest,
    weigh_examples,
)


def find_data(data: Any, asked: DataOptions, shape: tuple[int, ...] | None = None) -> Data:
    """Read and divide. `valid` is a share, or examples or a file of its own; and so is `test`.

    `shape` is that of an example in a run of an earlier version, which left channels last where they stood.
    """
    draft = read_data(data, asked, shape)
    for stage in STAGES:
        stage(draft)
    return draft.finish()


def read_data(data: Any, asked: DataOptions, shape: tuple[int, ...] | None = None) -> DataDraft:
    """The examples themselves, by the source that takes them."""
    source, task = source_of(data, asked.task, asked.asked.roles), ""
    if asked.task is not None and not kind_of(asked.task).reads_target:
        task, asked = asked.task, replace(asked, task=None, reads_target=False)
    whole = source.read(data, asked.asked)
    check_void(asked.void, whole)
    if shape is not None:
        notices = tuple(one for one in whole.notices if one not in axes_notices(shape))
        whole = replace(whole, x=with_axes_of(whole.x, shape), notices=notices)
    return DataDraft(asked, task, source, whole)
