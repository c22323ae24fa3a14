"""What can be asked of the data of a run: which columns, which task, how they are split."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gradatim.planning.options import option, options_of

if TYPE_CHECKING:
    from gradatim.data.sources.source import Request

GROUP = "Data"
TABLES = ("tables",)
BESIDE = ("weigh_for", "adapt_to")  # other examples, beside the parts that data are divided into
PARTS = ("valid", "test", *BESIDE)  # which are no concern of a source


@dataclass(frozen=True)
class DataOptions:
    """The target and the task, roles of a table's columns, and the parts that are given apart."""

    target: Any = option("The column or array to learn; several as a,b,c.", group=GROUP, metavar="COLUMN")
    task: str | None = option(
        "The kind of answer, such as classification, multilabel or regression: gradatim list problem.",
        group=GROUP,
    )
    group: str | None = option(
        "A column, or an expression such as 'person\\d+' for clips' names; no group is in two splits.",
        group=GROUP,
    )
    time: str | None = option("A column; the latest rows are the test.", group=GROUP)
    task_of: str | None = option(
        "A column that says which task a row belongs to: a head for each, the same kind of target for all.",
        group=GROUP, metavar="COLUMN",
    )  # fmt: skip
    series: str | None = option(
        "A column; rows with the same value are one series. Of an .npz: its lengths, or x.", group=GROUP
    )
    horizon: int | None = option("How many rows ahead are forecast.", group=GROUP, at_least=1, metavar="ROWS")
    known: Any = option(
        "A column whose future values are known when a forecast is made; may be given again.",
        group=GROUP, metavar="COLUMN",
    )  # fmt: skip
    step: str | None = option(
        "What a frame of music lasts: quarter, eighth, 16th or 32nd; a quarter note where not given.",
        group=GROUP, choices=("quarter", "eighth", "16th", "32nd"),
    )  # fmt: skip
    vocabulary: int | None = option(
        "Of a language model of words (--task words): how many words have numbers of their own.",
        group=GROUP, at_least=2, metavar="WORDS",
    )  # fmt: skip
    ignore: Any = option("A column that is no input; may be given again.", group=GROUP, metavar="COLUMN")
    schema: Any = option("What the columns are: a file of gradatim data --schema.", group=GROUP)
    input_size: Any = option(
        "To which pictures in folders are scaled, such as 64 or 64,96; of clips 16,64,96, frames first.",
        group=GROUP,
        metavar="SIZE",
    )
    streaming: str | None = option(
        "Whether pictures and clips stay in their files and are decoded while the network learns: yes, no, "
        "or auto, where they would fill the memory; masks, boxes and captions are held in it.", group=GROUP,
        choices=("auto", "yes", "no"),
    )  # fmt: skip
    void: Any = option(
        "Of masks: the value of pixels that are not known, such as 255 or #e0e0c0, or none; 255 beside 0, 1, "
        "2, … where not given.", group=GROUP, metavar="VALUE",
    )  # fmt: skip
    valid: Any = option(
        "Share of the training examples to validate on, or a file.", group=GROUP, metavar="SHARE|FILE"
    )
    test: Any = option(
        "Share of the examples to test on, a fifth where not given, or a file.",
        group=GROUP,
        metavar="SHARE|FILE",
    )
    weigh_for: Any = option(
        "A file of the same columns, without answers: training examples count as often as they would be met "
        "there.", group=GROUP, metavar="FILE",
    )  # fmt: skip

    adapt_to: Any = option(
        "Another domain, whose labels are not learned from: a name or a file. It gives the test examples.",
        group=GROUP, metavar="DATA",
    )  # fmt: skip

    calendar: bool = True  # of the time column, is an input; not in runs of earlier versions
    reads_target: bool = True  # whether what is asked needs one
    as_texts: bool = True  # whether a table may be texts; not for networks of rows, and in earlier versions

    @property
    def asked(self) -> "Request":
        """What a source is asked."""
        from gradatim.data.sources.source import request_of

        return request_of(**{n: value for n, value in vars(self).items() if n not in PARTS})


DATA_NAMES = tuple(one.name for one, _, _ in options_of(DataOptions))
