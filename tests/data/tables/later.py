"""Other data in the columns that were learned from."""

import json
from typing import Any

from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import encoder_from
from gradatim.data.encoders.table import TableEncoder
from gradatim.data.sources.source import source_of


def load_like(data: Any, first: Any) -> Any:
    """Other examples like the first."""
    return source_of(data).like(data, first)


def kept(first: Dataset) -> Dataset:
    """What others are read as, of a table's examples, by what a run folder keeps of them."""
    record = json.loads(json.dumps(TableEncoder.fit(first).as_dict()))
    empty = encoder_from(record).template(first.shape, first.features)
    return empty.asking(first.question, first.targets)
