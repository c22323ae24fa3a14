"""Report beside: several runs that learned from the same data on one page."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim import files
from gradatim.checks import GradatimError
from gradatim.explain.charts.learning_curves import Course
from gradatim.explain.gather_evidence import complete
from gradatim.explain.paired_bootstrap import Interval, paired_bootstrap
from gradatim.explain.runs_report import ComparedRun, RunsReport, render_runs
from gradatim.explain.stored_measurements import read_kept_metrics
from gradatim.jobs.comparable import check_comparable
from gradatim.jobs.evaluate import Evaluation
from gradatim.jobs.plots.runs import told_apart
from gradatim.jobs.report import command_again, network_layers
from gradatim.planning.loop_choice import settings_in_use
from gradatim.problems.evidence import Evidence, OfExamples, SamplesBeside
from gradatim.runs.epoch_records import kept_epoch, read_stages

if TYPE_CHECKING:
    from gradatim.jobs.run import Run


def report_beside(runs: Sequence["Run"], out: str | Path) -> dict[str, Any]:
    """Write a page that sets runs beside each other; what it says first, as numbers.

    {"report": path, "best": name or None, "measure": …, "runs": [{"run", "metrics", "parameters", "seconds",
    "behind": how far from the best, "interval": [low, high] or None}, …]}.

    Raises UsageError where they did not learn from the same data, or answer different questions.
    """
    runs = list({run.path.resolve(): run for run in runs}.values())
    check_comparable(runs)
    measured, gone = measure_all(runs)
    names = told_apart([run.path for run in runs])
    compared = [
        compared_run(run, name, found) for run, name, found in zip(runs, names, measured, strict=True)
    ]
    known = [one for one in measured if one is not None and one.a is not None]
    whole = known if len(known) == len(runs) and have_same_truth(known) else []
    first = runs[0]
    report = RunsReport(
        data=str(first.config["name"]),
        sizes={part: n for part, n in (first.config["data"].get("splits") or {}).items() if n is not None},
        split=first.judged_on,
        unit=first.trained.template.unit,
        runs=compared,
        behind=intervals(runs, compared, whole),
        evidence=evidence_beside(runs, whole),
        notes=gone,
    )
    path = Path(out)
    files.write(path, render_runs(report))
    return {"report": str(path), **facts(report, runs)}


def measure_all(runs: Sequence["Run"]) -> tuple[list[Evaluation | None], list[str]]:
    """What every run answers to the examples that it is judged on; where its data or the loss are gone, the
    measures that were kept, and a sentence that says so.
    """
    found: list[Evaluation | None] = []
    gone = []
    for run in runs:
        try:
            found.append(run.measured)
        except GradatimError as error:
            kept = read_kept_metrics(run.folder)
            if kept is None:
                raise
            found.append(Evaluation(kept))
            gone.append(f"{run.path.name} shows what was measured when it ended: {error}.")
    return found, gone


def compared_run(run: "Run", name: str, measured: Evaluation | None) -> ComparedRun:
    """What the page tells of a run."""
    config, trained, records = run.config, run.trained, run.records
    entry = config["network"]["entry"] or {}
    layers = network_layers(trained)
    seconds = sum(one.get("seconds") or 0.0 for one in [*read_stages(run.folder.metrics), *records])
    arguments = {f"{key} (network)": value for key, value in entry.items() if key != "name" and plain(value)}
    return ComparedRun(
        name=name,
        network=str(trained.name),
        problem=trained.problem,
        metrics={} if measured is None else measured.metrics,
        course=Course(name, records, kept_epoch(config, records)),
        parameters=trained.facts.get("parameters", sum(row["parameters"] for row in layers)),
        seconds=seconds,
        facts={
            "network": trained.name,
            **arguments,
            "loss": config["loss"],
            "weights to begin with": config.get("weights"),
            **settings_in_use(config["settings"], trained.network),
            **{f"version of {key}" if key not in ("system", "processor") else key: value
               for key, value in config["versions"].items()},
        },
        command=command_again(run.folder, config),
    )  # fmt: skip


def plain(value: object) -> bool:
    """Whether an argument of a network is short enough to be shown."""
    return isinstance(value, str | int | float | bool) or (isinstance(value, list) and len(str(value)) < 60)


def have_same_truth(measured: Sequence[Evaluation]) -> bool:
    """Whether all were asked for the same answers in the same order."""
    first, *others = (one.y for one in measured)
    return all(
        y is not None and first is not None and len(y) == len(first) and np.array_equal(y, first)
        for y in others
    )


def intervals(
    runs: Sequence["Run"], compared: Sequence[ComparedRun], measured: Sequence[Evaluation]
) -> dict[str, Interval]:
    """How far every run is behind the best by the deciding measure, an interval each, by name."""
    if not measured:
        return {}
    name, sign = compared[0].problem.deciding
    if not all(name in run.metrics for run in compared):
        return {}
    pairs = zip(runs, measured, strict=True)
    sums = [run.trained.problem.summed(np.asarray(one.a), np.asarray(one.y)) for run, one in pairs]
    best = max(range(len(runs)), key=lambda k: (sign * compared[k].metrics[name], -k))
    found: dict[str, Interval] = {}
    for k, run in enumerate(compared):
        first, other = (sums[best], sums[k]) if sign > 0 else (sums[k], sums[best])
        if k != best and first is not None and other is not None:
            interval = paired_bootstrap(first, other)
            found |= {} if interval is None else {run.name: interval}
    return found


def evidence_beside(runs: Sequence["Run"], measured: Sequence[Evaluation]) -> list[Evidence]:
    """What there is to show of the runs' answers to the same examples, and what they wrote."""
    found: list[Evidence] = []
    if measured:
        first, problems = runs[0], [run.trained.problem for run in runs]
        outputs, y = [np.asarray(one.a) for one in measured], np.asarray(measured[0].y)
        found = [
            complete(one, first.trained, first.data.judged, ()) if isinstance(one, OfExamples) else one
            for one in problems[0].answers_beside(problems, outputs, y)
        ]
    written = [
        next((r["sample"].strip("\n") for r in reversed(run.records) if "sample" in r), "") for run in runs
    ]
    if all(written) and runs[0].trained.problem.shows_samples:
        found.append(SamplesBeside(written))
    return found


def facts(report: RunsReport, runs: Sequence["Run"]) -> dict[str, Any]:
    """The headline as numbers."""
    name = report.problem.deciding[0]
    best = report.standings[0] if report.standings else None
    rows = []
    for run, one in zip(runs, report.runs, strict=True):
        interval = report.behind.get(one.name)
        rows.append(
            {
                "run": str(run.path), "metrics": one.metrics, "parameters": one.parameters,
                "seconds": one.seconds,
                "behind": None if best is None else abs(one.metrics[name] - best.value),
                "interval": None if interval is None else list(interval),
            }
        )  # fmt: skip
    path = None if best is None else str(runs[report.names.index(best.name)].path)
    return {"best": path, "measure": name, "runs": rows, "said": report.headline}
