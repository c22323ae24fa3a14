"""Examples that were read already."""

from typing import Any, ClassVar

from gradatim import catalog
from gradatim.data.dataset import Dataset
from gradatim.data.sources.source import Request, Source
from gradatim.data.tables.own_tasks import by_task
from gradatim.data.targets import recode


class DatasetSource(Source):
    """A Dataset: examples that were read already.

    >>> import numpy as np
    >>> DatasetSource().read(Dataset(np.eye(3)), Request())
    Dataset('data', 3 examples of shape (3,))
    """

    kind: ClassVar[str] = "dataset"
    has_columns: ClassVar[bool] = True

    def takes(self, data: Any) -> bool:
        """Whether it is one."""
        return isinstance(data, Dataset)

    def read(self, data: Any, asked: Request) -> Dataset:
        """The examples themselves, or as tasks by one of their columns; as the source reads them that reads
        more like them, where there is one.
        """
        if data.read_by:
            return catalog.find(data.read_by, "source").load()().read(data, asked)
        if asked.roles.task_of is None or not data.is_table:
            asked.allow("target", "task")
            return data
        asked.allow("target", "task", "task_of")
        return by_task(data, asked.roles.task_of)

    def read_like(self, data: Any, first: Any) -> Dataset:
        """The examples by the names of the first's columns."""
        from gradatim.data.sources.table import like_columns

        if first.columns:
            return like_columns(data, first)
        if data.read_by:
            return catalog.find(data.read_by, "source").load()().read_like(data, first)
        return recode(data, first.classes) if first.classes else data
