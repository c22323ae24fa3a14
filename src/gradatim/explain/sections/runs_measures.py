"""The measures of several runs on the same examples, and what each run cost."""

from typing import Any

from gradatim.explain.comparison import column_texts, is_best
from gradatim.explain.number_format import duration
from gradatim.explain.verdict import difference_text, interval_text


def context(evidence: None, report: Any) -> dict[str, Any]:
    """A row for each run, the best of each measure marked; how far each is behind the best one."""
    columns = {name: [run.metrics[name] for run in report.runs] for name in report.measures}
    texts = {name: column_texts(name, values) for name, values in columns.items()}
    rows = [
        {
            "run": run,
            "values": [
                (texts[name][k], is_best(name, values[k], values)) for name, values in columns.items()
            ],
            "behind": behind(run.name, report),
            "epochs": epochs(run),
            "time": "< 0.1 s" if run.seconds < 0.1 else duration(run.seconds),
        }
        for k, run in enumerate(report.runs)
    ]
    return {"rows": rows, "deciding": report.problem.deciding[0] if report.standings else ""}


def behind(name: str, report: Any) -> tuple[str, str]:
    """How far a run is behind the best by the deciding measure, and the interval of it."""
    if not report.standings:
        return "", ""
    best, measure = report.standings[0], report.problem.deciding[0]
    if name == best.name:
        return "the best", ""
    own = next(one for one in report.standings if one.name == name)
    said = difference_text(measure, abs(own.value - best.value))
    return said, "" if own.behind is None else interval_text(measure, own.behind)


def epochs(run: Any) -> str:
    """How many epochs, and whose parameters are kept."""
    best = run.course.best_epoch
    return f"{run.epochs:,}" if best in (None, run.epochs) else f"{run.epochs:,} (kept: {best:,})"
