"""From a name, a file or an object to examples."""

from collections.abc import Sequence
from typing import Any

from gradatim.data.sources.source import request_of, source_of


def load_data(
    data: Any, target: str | Sequence[str] | None = None, *, task: str | None = None,
    group: str | None = None, time: str | None = None, ignore: str | Sequence[str] | None = None,
    schema: Any = None, calendar: bool = True, input_size: Any = None, series: str | None = None,
    horizon: int | None = None, known: str | Sequence[str] | None = None, step: str | None = None,
    vocabulary: int | None = None, task_of: str | None = None, void: Any = None,
) -> Any:  # fmt: skip
    """The examples of a name of the catalogue, a file, or an object in memory: a Dataset, or a Text.

    A name in the catalogue wins over a path; `./digits` is the path, and `-` a table on standard input.
    Tables are CSV, TSV or Parquet files, plain or gzipped, and data frames; a folder of pictures or of clips
    has a sub-folder for each class. `target` names the column or columns to learn, `task` what kind of
    learning that is (classification, multilabel or regression; seen from the target when None), `group` and
    `time` the columns that the split goes by, `ignore` columns that are no inputs, `schema` a file or a
    record that says what columns are. The calendar of a time column of dates is an input, unless `calendar`
    is false, as in runs of earlier versions. `input_size` is the size to which pictures in folders are
    scaled, of clips with the number of frames in front. Of a folder of clips `group` is a regular expression
    for their names. `series`, `horizon` and `known` are for tables whose rows are steps in time: the column
    of the series, the rows ahead that are forecast, columns whose future is known. `step` is what a frame of
    a MIDI file lasts: quarter, eighth, 16th or 32nd. `vocabulary` is how many words of a text have numbers of
    their own, where `task` is "words". `task_of` is the column of a table that says to which of several tasks
    a row belongs. `void` is the value of masks' pixels that are not known, or "none".

    >>> len(load_data("digits"))
    1797
    """
    asked = request_of(
        target,
        task,
        group,
        time,
        ignore,
        schema,
        calendar,
        input_size,
        series=series,
        horizon=horizon,
        known=known,
        step=step,
        vocabulary=vocabulary,
        task_of=task_of,
        void=void,
    )
    return source_of(data, task, asked.roles).read(data, asked)
