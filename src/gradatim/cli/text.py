"""Results as text for a terminal."""

from textwrap import fill
from typing import Any

from gradatim.explain.text_table import table
from gradatim.training.record import as_text

MOST_CLASSES, FEW_CLASSES = 12, 5  # that are listed; of more classes so many
MOST_ACROSS = 8  # measures that stand side by side
LONGEST = 30  # letters of a class
RATES = ("precision", "recall", "f1")
INDENTED: dict[str, Any] = {"initial_indent": " " * 24, "subsequent_indent": " " * 24}


def catalogue_text(rows: list[dict[str, Any]]) -> str:
    """Rows of the catalogue under their kinds."""
    lines: list[str] = []
    kind = None
    for row in rows:
        if row["kind"] != kind:
            kind = row["kind"]
            lines += ["", kind] if lines else [kind]
        lines.append(f"  {row['name']:<21} {row['sentence']} [{row['rows']}]")
    return "\n".join(lines)


def plots_text(rows: list[dict[str, Any]], width: int | None = None) -> str:
    """What `plot` can draw."""
    lines = []
    for row in rows:
        lines.append(f"{row['name'] + ' ' + row['takes']:<23} {row['sentence']}")
        if row["members"]:
            lines.append(fill("one alone: " + ", ".join(row["members"]), width or 100, **INDENTED))
    return "\n".join([*lines, "", "gradatim plot RUN draws its curves; --theme dark, --out FILE.svg or .png"])


def called(measure: str) -> str:
    """A measure's name in words.

    >>> called("balanced_accuracy"), called("top_5_accuracy")
    ('balanced accuracy', 'top-5 accuracy')
    """
    first, _, task = measure.partition(" ")
    if task and first != "mean":  # of several tasks, which has a name of its own
        return f"{called(first)} {task}"
    return measure.replace("_", " ").replace("top 5", "top-5")


def measures_text(metrics: dict[str, float], split: str = "") -> str:
    """A line for each measure, the numbers below each other.

    >>> print(measures_text({"reconstruction_error": 0.25, "loss": 2.0}, "test"))
    test reconstruction error 0.2500
    test loss                 2.0000
    """
    width = max([18, *(len(called(name)) for name in metrics)])
    return "\n".join(
        f"{split} {called(name):<{width}} {as_text(value, name)}".lstrip() for name, value in metrics.items()
    )


def comparison_text(metrics: dict[str, float], records: list[dict], baselines: list[dict[str, Any]]) -> str:
    """A network beside others on the same examples: measures, and seconds to learn; many measures, as several
    tasks have, stand below each other.
    """
    names = [name for name in metrics if all(name in row["metrics"] for row in baselines)]
    long = ("top_", "known_", "rmse_h", "mase_h")  # without which a line has 80 columns
    names = [name for name in names if not name.startswith(long)]
    network = {"name": "network", "metrics": metrics, "seconds": sum(row["seconds"] for row in records)}
    rows = [
        [row["name"], *(as_text(row["metrics"][name], name) for name in names), f"{row['seconds']:.1f} s"]
        for row in [network, *baselines]
    ]
    head = ["on the same test", *map(called, names), "training time"]
    if len(names) > MOST_ACROSS:
        head, *rows = (list(column) for column in zip(head, *rows, strict=True))
    return f"\n{table(head, rows)}\n"


def beside_text(metrics: dict[str, float], baselines: list[dict[str, Any]]) -> str:
    """A line for each measure, a column for the network and for each of the others; blank where it has none.

    >>> print(beside_text({"mae": 1.0, "pinball": 0.5}, [{"name": "last value", "metrics": {"mae": 2.0}}]))
             network  last value
    -------  -------  ----------
    mae      1.0000   2.0000
    pinball  0.5000
    """
    models = [{"name": "network", "metrics": metrics}, *baselines]
    lines = [
        [called(name), *(as_text(m["metrics"][name], name) if name in m["metrics"] else "" for m in models)]
        for name in metrics
    ]
    return table(["", *(str(model["name"]) for model in models)], lines)


def near_words_text(found: list[dict[str, Any]]) -> str:
    """A table for each word or analogy: the words near to it, and the cosine of each.

    >>> print(near_words_text([{"analogy": ["a", "b", "c"], "near": [{"word": "d", "cosine": 0.5}]}]))
    a is to b as c is to
    word  cosine
    ----  ------
    d      0.500
    """
    parts = []
    for one in found:
        head = "{} is to {} as {} is to".format(*one["analogy"]) if "analogy" in one else one["word"]
        rows = [[near["word"], f"{near['cosine']: .3f}"] for near in one["near"]]
        parts.append(f"{head}\n{table(['word', 'cosine'], rows)}")
    return "\n\n".join(parts)


def class_report_text(result: dict[str, Any]) -> str:
    """Precision, recall and F1 by class; of many classes those with the lowest F1, and the averages."""
    rows, averages = result["by_class"], result["averages"]
    shown = rows if len(rows) <= MOST_CLASSES else sorted(rows, key=lambda row: row["f1"])[:FEW_CLASSES]
    lines = [
        [_cut(row["name"]), *(f"{row[name]:.3f}" for name in RATES), f"{row['support']:,}"] for row in shown
    ]
    lines += [
        [f"{row['name']} average", *(f"{row[name]:.3f}" for name in RATES), f"{row['support']:,}"]
        for row in averages
    ]
    written = table(["by class", "precision", "recall", "F1", "support"], lines)
    left = len(rows) - len(shown)
    more = (
        f"\nthe {len(shown)} classes with the lowest F1 are shown; --json lists all {len(rows)}"
        if left
        else ""
    )
    return written + more


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
