"""A run in a few lines of text, and as a small piece of HTML for a notebook."""

from datetime import datetime
from html import escape
from typing import Any

from gradatim.explain.graph_text import graph_text
from gradatim.explain.number_format import duration, measure_name
from gradatim.explain.text_table import table

SPLITS = {"train": "training", "valid": "validation"}
STYLE = """
.gradatim-run { font: 13px/1.45 system-ui, sans-serif; max-width: 46rem; }
.gradatim-run table { border-collapse: collapse; margin: .3rem 0 .8rem; }
.gradatim-run :is(th, td) { text-align: left; padding: .12rem .9rem .12rem 0; vertical-align: top; }
.gradatim-run th { font-weight: 400; opacity: .7; white-space: nowrap; }
.gradatim-run .curves { display: flex; flex-wrap: wrap; gap: 1.5rem; }
.gradatim-run svg { display: block; width: 330px; height: auto; overflow: visible;
  font: 12px system-ui, sans-serif; }
.gradatim-run svg text { fill: currentColor; opacity: .75; }
.gradatim-run svg .name { font-weight: 600; opacity: 1; }
.gradatim-run svg .middle { text-anchor: middle; }
.gradatim-run svg .end { text-anchor: end; }
.gradatim-run svg line { stroke: currentColor; opacity: .18; }
.gradatim-run svg line.axis { opacity: .6; }
.gradatim-run svg line.best { opacity: .6; stroke-dasharray: 1 3; }
.gradatim-run svg .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
.gradatim-run svg .line.train { stroke: #c2761b; }
.gradatim-run svg .line.valid { stroke: #3b82c4; stroke-dasharray: 6 2.5; }
.gradatim-run svg :is(.dot, text).train { fill: #c2761b; opacity: 1; }
.gradatim-run svg :is(.dot, text).valid { fill: #3b82c4; opacity: 1; }
.gradatim-run svg .ring { fill: none; stroke: currentColor; stroke-width: 1.4; }
"""


def summary_lines(found: dict[str, Any]) -> list[tuple[str, str]]:
    """What is said of a run, a name and a text each."""
    sizes = ", ".join(f"{n:,} {SPLITS.get(part, part)}" for part, n in found["splits"].items() if n)
    data = f"{found['data']}: {sizes} {found['unit']}" if sizes else found["data"]
    target = f"; target {', '.join(found['targets'])}" if found["targets"] else ""
    best = f", the best was epoch {found['best_epoch']}" if found["best_epoch"] is not None else ""
    so_far = "" if found["finished"] else "; not finished"
    epochs = f"{found['epochs']} of {found['epochs_asked']} in {duration(found['seconds'])}{best}{so_far}"
    of = f"{found['optimizer']}, learning rate {found['lr']}, batches of {found['batch_size']}"
    loss = found["loss"].replace("_", " ")
    learned_by = f"{of}, seed {found['seed']}, {loss}, engine {found['engine']}"
    lines = [
        ("data", f"{data}{target}"),
        ("question", f"{found['task']}; {found['head']}" if found["head"] else found["task"]),
        ("network", f"{found['network']}, {found['parameters']:,} parameters"),
        ("training", learned_by),
        ("epochs", epochs),
    ]
    of_epoch = {} if found["judged_on"] == "valid" and found["metrics"] else found["valid"]
    for word, measures in (("validation", of_epoch), (_word(found), found["metrics"] or {})):
        if measures:
            lines.append((word, ", ".join(f"{measure_name(k)} {v:.4g}" for k, v in measures.items())))
    if not found["metrics"]:
        lines.append((_word(found), "not available: nothing was measured yet"))
    files = ", ".join(f"{name} ({_size(size)})" for name, size in found["files"].items())
    return [*lines, ("files", files), ("made", _moment(found["created"]))]


def summary_text(found: dict[str, Any], layers: bool = False) -> str:
    """The lines, wrapped to 80 columns; below them a table of the layers where that is asked for."""
    from textwrap import fill

    parts = [found["run"], *(
        fill(text, 80, initial_indent=f"{name:<12}", subsequent_indent=" " * 12, break_long_words=False,
             break_on_hyphens=False)
        for name, text in summary_lines(found)
    )]  # fmt: skip
    if layers and found["layers"]:
        rows = [
            [f"{row['name']} {_short(row['layer'])}".strip(), row["output"], f"{row['parameters']:,}"]
            for row in found["layers"]
        ]
        parts += ["", table(["layer", "output", "parameters"], rows)]
    if layers and "graph" in found:
        parts += ["", graph_text(found["graph"])]
    return "\n".join(parts)


def summary_html(found: dict[str, Any], curves: list[str]) -> str:
    """A table of the lines and the learning curves, which take their colours from the notebook."""
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>"
        for name, text in summary_lines(found)
        if name != "files"
    )
    drawn = "".join(f"<div>{svg}</div>" for svg in curves)
    return (
        f'<div class="gradatim-run"><style>{STYLE}</style><b>{escape(found["run"])}</b>'
        f'<table>{rows}</table><div class="curves">{drawn}</div></div>'
    )


def runs_text(rows: list[dict[str, Any]]) -> str:
    """A table of runs, the newest first; below it the folders that cannot be read."""
    whole = [row for row in rows if "error" not in row]
    lines = [_line(row) for row in whole]
    head = ["run", "data", "network", "epochs", "validation", "test", "made"]
    parts = [table(head, lines)] if lines else ["no run"]
    if any(not row["finished"] for row in whole):
        parts.append("… has not finished: gradatim train --resume RUN goes on")
    return "\n".join([*parts, *(row["error"] for row in rows if "error" in row)])


def _line(row: dict[str, Any]) -> list[str]:
    """A run's cells."""
    epochs = f"{row['epochs']}/{row['epochs_asked']}{'' if row['finished'] else ' …'}"
    named = [_short(row["name"], 20), _short(row["data"], 16), _short(row["network"].rpartition(".")[2], 14)]
    return [*named, epochs, _said(row["best_valid"]), _said(row["measure"]), _moment(row["created"])[:10]]


def _said(measure: list[Any] | None) -> str:
    """A measure's name and value."""
    return "" if measure is None else f"{measure_name(measure[0])} {measure[1]:.4g}"


def _word(found: dict[str, Any]) -> str:
    return SPLITS.get(found["judged_on"], found["judged_on"])


def _moment(created: str) -> str:
    """A moment in the reader's own time."""
    return datetime.fromisoformat(created).astimezone().strftime("%Y-%m-%d %H:%M")


def _size(size: int) -> str:
    """Bytes in words; a kilobyte is 10³.

    >>> _size(512), _size(20_480), _size(3_100_000)
    ('512 bytes', '20 kB', '3.1 MB')
    """
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1000:.0f} kB" if size < 1e6 else f"{size / 1e6:.1f} MB"


def _short(text: object, most: int = 44) -> str:
    words = str(text)
    return words if len(words) <= most else words[: most - 1] + "…"
