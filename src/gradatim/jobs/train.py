"""Train: from a name, a file or arrays to a run folder."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from gradatim import files
from gradatim.checks import Interrupted, NonFiniteLoss, UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.targets import imbalance
from gradatim.data.text import Text
from gradatim.device import threads
from gradatim.jobs.baselines import compare, has_baselines, write_baselines
from gradatim.jobs.display import REFRESH, Display
from gradatim.jobs.gathering import gather
from gradatim.jobs.interrupts import Flag, interruptible
from gradatim.jobs.intervals import fit_interval, has_intervals
from gradatim.jobs.keeping import again, begin, end, go_on, way_out
from gradatim.jobs.measure import Measured, loss_of, measure, outputs_of
from gradatim.jobs.plan import Plan, config_of, make_plan
from gradatim.jobs.report import write_report
from gradatim.jobs.resume import changes, refuse_changes, resumed
from gradatim.jobs.run import Run
from gradatim.jobs.sanity import overfit_one_batch
from gradatim.jobs.settings import settings_from
from gradatim.jobs.surroundings import command_line, versions
from gradatim.jobs.text_plan import told
from gradatim.jobs.texts import measure_text
from gradatim.jobs.thresholds import choose_threshold
from gradatim.jobs.weights import chosen
from gradatim.runs.checkpoints import AT_LEAST, AT_MOST, Checkpoints, restore
from gradatim.runs.events import Events, check_tensorboard
from gradatim.runs.folder import Folder, create
from gradatim.runs.metrics import Metrics, read_metrics
from gradatim.runs.trained import save_trained
from gradatim.training.training import Training

NOTICES = 12  # that are shown before training


def train(
    data: Any = None, *, target: Any = None, task: str | None = None, group: str | None = None,
    time: str | None = None, ignore: Any = None, schema: Any = None, model: Any = "mlp",
    network: Mapping[str, Any] | None = None, weights: str | Path | None = None, pretrained: bool = False,
    loss: Any = None, valid: Any = None, test: Any = None,
    out: str | Path | None = None, resume: str | Path | None = None,
    classes: Mapping[str, Callable[[], Any]] | None = None, baselines: bool | None = None,
    quiet: bool = False, sanity: bool = False, tensorboard: bool = False,
    checkpoint_seconds: tuple[float, float] = (AT_LEAST, AT_MOST), **options: Any,
) -> Run:  # fmt: skip
    """Train a network, keep everything about it in a run folder, and measure it on the test examples.

    >>> run = train("digits", epochs=3, out=getfixture("tmp_path") / "run", quiet=True)
    >>> run.metrics["accuracy"] > 0.8
    True

    Parameters
    ----------
    data : a name of the catalogue, a table's file (CSV, TSV, Parquet; gzipped too), a text file, an `.npz`
        file, (X, y) arrays, a data frame with `target`, a torch Dataset, or a DataLoader.
    target, task, group, time, ignore, schema : of a table: the column or columns to learn; classification,
        multilabel or regression; the columns to split by; columns to leave out; what the columns are, a file
        that `gradatim data --schema` wrote, or its record.
    model, network : a network of the catalogue and its arguments; or a description; or a torch module.
    weights, pretrained : a .safetensors or .pth file to begin with, in torchvision's names; or torchvision's
        own. A head for another number of classes is drawn anew.
    loss : a name, or a function of (output, target); chosen from the target when None.
    valid : the share of training examples to validate on (0.1 when None), or examples of their own.
    test : examples of their own, instead of the split rule.
    out : the run folder; the next `runs/NAME-N` when None.
    resume : a run to go on with; then only `epochs`, `max_minutes`, `out`, `quiet` and `tensorboard` may be
        given, and the objects that the run had in memory.
    baselines : whether a constant, a linear model and boosted trees learn from a table's same split, to stand
        beside the network in the report; yes when None.
    sanity : first see whether the network can learn one batch by heart, and stop with a sentence if not.
    tensorboard : write what `metrics.jsonl` says into the run's folder `tensorboard` too, for TensorBoard to
        draw (the extra `tensorboard`); a run that has the folder keeps it up when it is resumed, and one that
        has finished is written in whole.
    checkpoint_seconds : at least and at most between two checkpoints.
    options : epochs, batch_size, window, lr, optimizer, schedule, hidden, dropout, input_dropout, seed,
        engine, device, threads, precision, patience, keep, class_weight, threshold, accumulate, l1, l2,
        weight_decay, label_smoothing, ema, clip_norm, clip_value, max_minutes; see
        `gradatim.jobs.settings.Settings`.

    Raises UsageError for what cannot be asked, GradatimError when training fails, Interrupted after Ctrl-C.
    """
    begin = chosen(weights, pretrained)
    if tensorboard:
        check_tensorboard()
    with interruptible() as flag, Display(quiet) as display:
        if resume is not None:
            named_loss = loss if isinstance(loss, str) else None
            of_table = {"target": target, "task": task, "group": group, "time": time, "schema": schema}
            given = {**options, **of_table, "ignore": ignore, "network": network, "weights": begin}
            refuse_changes({**given, "loss": named_loss, "baselines": baselines})
            objects = (data, valid, test)
            folder, plan = resumed(resume, objects, model, loss, classes or {}, options, out)
            return _run(lambda: folder, plan, flag, display, checkpoint_seconds, tensorboard, fresh=False)
        if data is None:
            raise UsageError("name the data to learn: a name such as digits, a file, or arrays")
        settings = settings_from(options)
        roles = {"task": task, "group": group, "time": time, "ignore": ignore, "schema": schema}
        found = gather(data, target, 0.1 if valid is None else valid, test, roles)
        plan = make_plan(found, settings, model, dict(network or {}), loss, command_line(), begin)
        if sanity:
            with threads(plan.settings.engine, plan.settings.threads or 1):
                display.say(overfit_one_batch(plan))
        plan.baselines = baselines is not False and has_baselines(found)
        return _run(
            lambda: create(found.name, out), plan, flag, display, checkpoint_seconds, tensorboard, fresh=True
        )


def _run(
    place: Callable[[], Folder], plan: Plan, flag: Flag, display: Display, seconds: tuple[float, float],
    tensorboard: bool, fresh: bool,
) -> Run:  # fmt: skip
    """Train to the end and write what was learned into the folder that `place` gives."""
    with ExitStack() as held:
        held.enter_context(threads(plan.settings.engine, plan.settings.threads or 1))
        training = training_of(plan)  # first, so that what it refuses leaves no folder behind
        folder = place()
        held.enter_context(files.lock(folder.path))
        held.enter_context(way_out(folder, plan))
        if fresh:
            folder.clear()
        config = config_of(plan) if fresh else folder.read_config() | changes(plan)
        metrics = Metrics(folder.metrics, restore(folder, training, len(plan.extended)))
        held.callback(metrics.close)
        checkpoints = Checkpoints(folder, metrics, len(plan.extended), *seconds)
        if fresh:
            begin(folder, config, plan, checkpoints, training)
        else:
            go_on(folder, config, plan)
        events = _events(folder, config, tensorboard)
        if events is not None:
            held.callback(events.close)
        _say_plan(folder, plan, config, training, display)
        flag.then(training.interrupt)
        _go(training, checkpoints, display, plan, events)
        _finish(folder, plan, training, display)
        config = end(folder, config)
        if plan.baselines and not folder.baselines.exists():
            _compare(folder, plan, flag, display)
        measured = _measure(plan, training)
        write_report(folder, config, plan.trained, plan.data, measured)
        return Run(folder, config, plan.trained, plan.data, measured)


def _events(folder: Folder, config: dict[str, Any], wanted: bool) -> Events | None:
    """TensorBoard's view of the run, of the records that its checkpoint knows; None where none is wanted."""
    if not (wanted or folder.tensorboard.is_dir()):
        return None
    check_tensorboard()
    return Events(folder.tensorboard, read_metrics(folder.metrics), config["created"])


def training_of(plan: Plan) -> Training:
    """The Training of a plan, its examples preprocessed."""
    s = plan.settings
    training = Training(
        plan.trained.model, plan.prepared(plan.data.train), plan.loss, s.optimizer, epochs=s.epochs or 1,
        batch_size=s.batch_size or 1, lr=s.lr, schedule=s.schedule or "constant", seed=s.seed,
        valid=plan.prepared(plan.data.valid), patience=s.patience, class_weight=s.class_weight,
        accumulate=s.accumulate, l1=s.l1, l2=s.l2, weight_decay=s.weight_decay,
        label_smoothing=s.label_smoothing, ema=s.ema, clip_norm=s.clip_norm, clip_value=s.clip_value,
        max_minutes=s.max_minutes, device=s.device, precision=s.precision,
    )  # fmt: skip
    if found := training.engine.bad_parameter():
        raise NonFiniteLoss(f"the network begins with {found}")
    return training


def _go(
    training: Training, checkpoints: Checkpoints, display: Display, plan: Plan, events: Events | None
) -> None:
    """The loop: advance, record, show, save."""
    folder = checkpoints.folder
    look = min(REFRESH, checkpoints.at_most) if display.live else checkpoints.at_most
    try:
        while not (training.finished or training.interrupted or training.out_of_time):
            record = training.advance(look)
            also = {}
            if record is not None:
                also = told(plan.trained, plan.settings, record) if isinstance(plan.data.train, Text) else {}
                checkpoints.metrics.add(record.as_dict() | also)
                if events is not None:
                    events.add(record.as_dict() | also)
            display.show(training.progress, training.epochs, record)
            if "sample" in also:
                display.say(f"\n{also['sample'].strip()}\n")
            checkpoints.save_if_due(training)
        checkpoints.save(training)
    except NonFiniteLoss as error:
        kept = f"; the last good state is in {folder.checkpoint}" if folder.checkpoint.exists() else ""
        raise NonFiniteLoss(f"training stopped: {error}{kept}") from error
    display.close()
    if training.finished:
        return
    where = f"in epoch {training.epoch + 1} of {training.epochs}"
    where += f"; the state is saved, go on with: {again(folder, plan)}"
    if training.interrupted:
        raise Interrupted(f"interrupted {where}")
    display.say(f"time is up {where}")


def _finish(folder: Folder, plan: Plan, training: Training, display: Display) -> None:
    """Put back the best epoch's parameters, unless the last's were asked for, and save the network."""
    last = plan.settings.keep == "last" and training.epoch >= training.epochs
    best = training.restore_best() if training.best is not None and not last else None
    if best is None:
        training.keep_average()
    plan.trained.facts["epoch"] = best or training.epoch
    training.engine.end()
    training.data = training.valid = None  # as the network saw them: as large as the table, and done with
    _fit_on_validation(plan, display)
    save_trained(folder, plan.trained)


def _fit_on_validation(plan: Plan, display: Display) -> None:
    """What is chosen for the trained network by validation: how far intervals reach, and the threshold."""
    trained, valid, by = plan.trained, plan.data.valid, plan.settings.threshold
    if not isinstance(valid, Dataset) or not (has_intervals(trained) or by):
        return
    a = outputs_of(trained, valid)
    if has_intervals(trained):
        trained.facts["interval"] = fit_interval(trained, a, valid)
    if by:
        assert valid.y is not None
        found = choose_threshold(loss_of(trained).probabilities(a)[:, 1], valid.y, by)
        trained.facts["threshold"] = found
        display.say(
            f"{trained.classes[1]} is decided for from a probability of {found['value']:.4f} on: "
            f"{by} {found['valid']:.4f} on validation, the best"
        )


def _compare(folder: Folder, plan: Plan, flag: Flag, display: Display) -> None:
    """Learn what stands beside the network, and keep it; an interrupt leaves it out."""
    s = plan.settings
    rows, failed = compare(plan.data, plan.trained, s.class_weight, s.seed, lambda: flag.is_set)
    for sentence in failed:
        display.say(f"note: {sentence}")
    if not flag.is_set:
        write_baselines(folder, rows)


def _measure(plan: Plan, training: Training) -> Measured | None:
    """What the network is worth on the test examples; a language model, on its validation text."""
    if isinstance(plan.data.valid, Text):
        return measure_text(plan.trained.model, plan.data.valid, plan.settings.window or 1)
    if plan.data.test is None:
        return None
    if plan.trained.loss is None:
        return Measured(0, training.evaluate(plan.prepared(plan.data.test)))
    return measure(plan.trained, plan.data.test)


def _say_plan(
    folder: Folder, plan: Plan, config: dict[str, Any], training: Training, display: Display
) -> None:
    """What is about to happen, in a few lines."""
    data, s = plan.data, plan.settings
    what = "characters" if isinstance(data.train, Text) else "examples"
    if sizes := data.reference.get("splits"):
        display.say(
            f"{data.name}: " + ", ".join(f"{n:,} {part}" for part, n in sizes.items() if n) + f" {what}"
        )
    for notice in data.notices[:NOTICES]:
        display.say(f"note: {notice}")
    if len(data.notices) > NOTICES:
        display.say(f"note: and {len(data.notices) - NOTICES:,} more; gradatim data shows them all")
    if uneven := _imbalance(plan):
        display.say(f"note: {uneven}")
    name = plan.trained.network["name"] if plan.trained.network else plan.trained.own_class
    head = plan.choices.get("head", "a loss of its own" if plan.trained.loss is None else plan.trained.loss)
    display.say(
        f"{name}: {plan.trained.facts['parameters']:,} parameters; {head}; {s.optimizer}, learning rate "
        f"{s.lr:g}, {s.schedule}; {s.engine}, {s.device}, {s.threads} thread{'' if s.threads == 1 else 's'}"
    )
    now = versions(s.engine)
    for what, began in config["versions"].items():
        if now.get(what, began) != began:
            display.say(
                f"{what} was {began} when this run began and is {now[what]} now: equal bits are not promised"
            )
    if not (training.epoch or training.batch):
        return
    display.say(f"{folder}: going on after {training.epoch} of {training.epochs} epochs")
    if training.finished:
        display.say(f"it has finished; --epochs {2 * training.epochs} would extend it")
    elif plan.extended:
        again = (
            f"; the schedule {s.schedule} is now that of {s.epochs} epochs"
            if s.schedule not in ("constant", None) and not s.schedule.startswith("plateau")
            else ""
        )
        display.say(f"extended to {training.epochs} epochs{again}")


def _imbalance(plan: Plan) -> str:
    """What to know of classes of very different sizes, where nothing was asked for them yet."""
    first, s = plan.data.first, plan.settings
    if first is None or first.y is None or not first.classes or s.class_weight or s.threshold:
        return ""
    return imbalance(np.bincount(first.y, minlength=len(first.classes)).tolist())
