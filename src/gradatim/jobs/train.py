"""Train: from a name, a file or arrays to a run folder."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from gradatim import files
from gradatim.checks import GradatimError, Interrupted, NonFiniteLoss, UsageError
from gradatim.data.streamed_examples import FileChanged
from gradatim.device import idle_threads, threads
from gradatim.explain.baselines import compare, has_baselines
from gradatim.explain.best_model import ModelsBeside
from gradatim.explain.gather_evidence import shows_columns
from gradatim.jobs.announce import say_plan
from gradatim.jobs.best_model import check_best, decide, models_beside, write_mean_row
from gradatim.jobs.choose_adaptation import choose_adaptation
from gradatim.jobs.display import REFRESH, Display
from gradatim.jobs.domains_beside import stands_beside, train_beside
from gradatim.jobs.evaluate import Evaluation, measure
from gradatim.jobs.interrupts import Flag, interruptible
from gradatim.jobs.report import find_out, write_report
from gradatim.jobs.resume import changes, plan_again, refuse_changes
from gradatim.jobs.resume_command import advice, resume_command
from gradatim.jobs.run import Run
from gradatim.jobs.run_files import begin_run, continue_run, end_run
from gradatim.jobs.sanity import overfit_one_batch
from gradatim.jobs.search import plan_in_time
from gradatim.jobs.stages import also_of
from gradatim.planning.beginnings import beginning_of, refuse_two_beginnings
from gradatim.planning.data_options import DATA_NAMES, DataOptions
from gradatim.planning.find_data import find_data
from gradatim.planning.fine_tuning import check_tuning
from gradatim.planning.learned import keep_learned, settle
from gradatim.planning.loop_choice import reads_texts, usual_task
from gradatim.planning.make_loop import loop_of
from gradatim.planning.make_plan import make_plan
from gradatim.planning.option_checks import unknown_option
from gradatim.planning.own_parts import check_optimizer, make_network, name_of_optimizer
from gradatim.planning.plan import Plan
from gradatim.planning.run_config import config_of
from gradatim.planning.starting_weights import weights_source
from gradatim.planning.training_options import NAMES, OWN, Settings, settings_from
from gradatim.planning.usual_series import usual_series
from gradatim.planning.versions import command_line
from gradatim.problems.own_metrics import functions_sentence, own_metrics
from gradatim.runs.baselines import write_baselines
from gradatim.runs.checkpoints import AT_LEAST, AT_MOST, Checkpoints, restore
from gradatim.runs.epoch_records import Metrics, read_all
from gradatim.runs.events import Events, check_tensorboard
from gradatim.runs.folder import Folder, create
from gradatim.runs.trained import save_trained
from gradatim.training.loop import Loop


def train(
    data: Any = None, *, model: Any = None, network: Mapping[str, Any] | None = None,
    weights: str | Path | None = None, pretrained: bool = False, from_run: Any = None, grow: Any = None,
    loss: Any = None, out: str | Path | None = None, resume: str | Path | None = None,
    classes: Mapping[str, Callable[[], Any]] | None = None, baselines: bool | None = None,
    metrics: Any = None, keep_best_model: bool = False, quiet: bool = False, sanity: bool = False,
    tensorboard: bool = False,
    checkpoint_seconds: tuple[float, float] = (AT_LEAST, AT_MOST), **options: Any,
) -> Run:  # fmt: skip
    """Train a network, keep everything about it in a run folder, and measure it on the test examples.

    >>> run = train("digits", epochs=3, out=getfixture("tmp_path") / "run", quiet=True)
    >>> run.metrics["accuracy"] > 0.8
    True

    Parameters
    ----------
    data : a name of the catalogue, a table's file (CSV, TSV, Parquet; gzipped too), a text file, an `.npz`
        file, (X, y) arrays, a data frame with `target`, a torch Dataset, or a DataLoader: whatever
        `gradatim list source` names.
    model, network : a network of the catalogue and its arguments; or a description; or a torch module, or its
        class with the arguments that make one. What suits the data when None.
    weights, pretrained : a .safetensors or .pth file to begin with, in torchvision's names; or torchvision's
        own. A head for another number of classes is drawn anew.
    from_run : a run, its folder or its name, whose network, weights and encoding of the inputs are begun
        with; `--from` on the command line. A head for other answers is drawn anew. `freeze`, `layer_decay`
        and `unfreeze` say what of it learns how.
    grow : the same, with more units or layers, which `network` names, that compute what it computed: Net2Net.
    loss : a name, or a function of (output, target); chosen from the target when None.
    out : the run folder; the next `runs/NAME-N` when None.
    resume : a run to go on with; then only `epochs`, `max_minutes`, `out`, `quiet` and `tensorboard` may be
        given, the objects that the run had in memory, and as `data` the place where its file is now.
    baselines : whether a constant, a linear model and boosted trees learn from a table's same split, to stand
        beside the network in the report; yes when None.
    metrics : what else is measured at the end, on validation and test: scikit-learn's scorers by name,
        "balanced_accuracy,f1_macro"; functions, {"profit": function}; or a list of both. A function gets
        (y_true, y_pred), probabilities where its second argument is called y_score. No file can hold a
        function: a resumed run, and `Run.evaluate` of a loaded one, have to be given it again.
    keep_best_model : whether the best on validation answers, the network, the linear model, the trees or
        their weighed mean, in `predict`, `evaluate` and the report, which say so; the network stays in the
        folder and can go on.
    sanity : first see whether the network can learn one batch by heart, and stop with a sentence if not.
    tensorboard : write what `metrics.jsonl` says into the run's folder `tensorboard` too, for TensorBoard to
        draw (the extra `tensorboard`); a run that has the folder keeps it up when it is resumed, and one that
        has finished is written in whole.
    checkpoint_seconds : at least and at most between two checkpoints.
    options : of the data (`planning.data_options.DataOptions`: target, task, group, time, ignore, schema,
        valid, test) and of the run (`planning.training_options.Settings`: epochs, batch_size, lr, …).
        `optimizer` is a name, or your own: a class such as torch.optim.Rprop, or a function of parameters,
        `lambda parameters: torch.optim.SGD(parameters, lr=0.1)`, given again when the run is resumed.

    Raises UsageError for what cannot be asked, GradatimError when training fails, Interrupted after Ctrl-C.
    """
    origin = weights_source(weights, pretrained)
    refuse_two_beginnings(origin, from_run, grow, model)
    if tensorboard:
        check_tensorboard()
    own = own_metrics(metrics)
    named = {"metrics": ",".join(own.scorers)} if own.scorers else {}
    asked, wanted = _parted({**options, **named})
    optimizer = wanted.pop("optimizer", None)
    if isinstance(optimizer, str):
        wanted["optimizer"], optimizer = optimizer, None
    with interruptible() as flag, Display(quiet) as display:
        if resume is not None:
            named_loss = loss if isinstance(loss, str) else None
            given = {
                name: value for name, value in asked.items() if name not in ("valid", "test", "adapt_to")
            }
            given |= {**wanted, "network": network, "weights": origin, "loss": named_loss}
            given |= {"from": from_run, "grow": grow}
            refuse_changes({**given, "baselines": baselines, "keep_best_model": keep_best_model or None})
            objects = (data, asked.get("valid"), asked.get("test"), asked.get("adapt_to"))
            folder, plan = plan_again(resume, objects, model, loss, classes or {}, wanted, out, optimizer)
            plan.metrics = own_metrics(plan.settings.metrics).and_others(own).check(plan.trained.problem)
            return _run(lambda: folder, plan, flag, display, checkpoint_seconds, tensorboard, fresh=False)
        if data is None:
            raise UsageError("name the data to learn: a name such as digits, a file, or arrays")
        plan = _planned(
            data, asked, wanted, model, network, loss, (origin, from_run, grow), optimizer, flag, display
        )
        plan.metrics = own.check(plan.trained.problem)
        with threads(plan.settings.engine, plan.settings.threads or 1):
            choose_adaptation(plan, lambda: flag.is_set, display.say)
        if sanity:
            with threads(plan.settings.engine, plan.settings.threads or 1):
                display.say(overfit_one_batch(plan))
        plan.baselines = baselines is not False and (
            has_baselines(plan.trained, plan.data.train, plan.data.test) or stands_beside(plan)
        )
        plan.keep_best_model = keep_best_model
        if keep_best_model:
            check_best(plan)
        return _run(
            lambda: create(plan.data.name, out),
            plan,
            flag,
            display,
            checkpoint_seconds,
            tensorboard,
            fresh=True,
        )


def _planned(
    data: Any, asked: dict[str, Any], wanted: dict[str, Any], model: Any, network: Mapping[str, Any] | None,
    loss: Any, beginning: tuple[Any, Any, Any], optimizer: Any, flag: Flag, display: Display,
) -> Plan:  # fmt: skip
    """The plan of a new run, or of the best that fits its time budget."""
    if optimizer is not None:
        check_optimizer(optimizer, model)
        wanted["optimizer"] = name_of_optimizer(optimizer)
    settings = settings_from(wanted)
    if settings.method == OWN and optimizer is None:
        raise UsageError("an optimizer of your own is given in Python: gradatim.train(…, optimizer=…)")
    begin = beginning_of(*beginning, network, settings)
    check_tuning(settings, begin, model)
    if begin is not None:
        model, network, settings = begin.stands_in(model, network, settings)
    arguments = dict(network or {}) if isinstance(model, type) else {}
    if isinstance(model, type):
        model, network = make_network(model, arguments, settings.seed), None
    asked.setdefault("task", usual_task(model))
    asked.setdefault("series", usual_series(model, data))
    found = find_data(data, DataOptions(**asked, as_texts=reads_texts(model)))

    def make(settings: Settings) -> Plan:
        return make_plan(found, settings, model, network, loss, command_line(), begin, optimizer=optimizer)

    if settings.time_budget is None:
        plan = make(settings)
    else:
        plan = plan_in_time(make, settings, frozenset(wanted), lambda: flag.is_set, display.say)
    if arguments:
        plan.asked = plan.trained.facts["arguments"] = arguments
    return plan


def _parted(options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options of the data, and those of the run; UsageError for one that there is not."""
    for name in options:
        if name not in (*DATA_NAMES, *NAMES):
            raise unknown_option(name, (*DATA_NAMES, *NAMES))
    asked = {name: value for name, value in options.items() if name in DATA_NAMES and value is not None}
    return asked, {name: value for name, value in options.items() if name in NAMES}


def _run(
    place: Callable[[], Folder], plan: Plan, flag: Flag, display: Display, seconds: tuple[float, float],
    tensorboard: bool, fresh: bool,
) -> Run:  # fmt: skip
    """Train to the end and write what was learned into the folder that `place` gives."""
    with ExitStack() as held:
        held.enter_context(threads(plan.settings.engine, plan.settings.threads or 1))
        loop = loop_of(plan)  # first, so that what it refuses leaves no folder behind
        folder = place()
        held.enter_context(files.lock(folder.path))
        held.enter_context(advice(folder, plan))
        if fresh:
            folder.clear()
        config = config_of(plan) if fresh else folder.read_config() | changes(plan)
        metrics = Metrics(folder.metrics, restore(folder, loop, len(plan.extended)))
        held.callback(metrics.close)
        checkpoints = Checkpoints(folder, metrics, len(plan.extended), *seconds)
        if fresh:
            begin_run(folder, config, plan, checkpoints, loop)
        else:
            continue_run(folder, config, plan)
        events = _events(folder, config, tensorboard)
        if events is not None:
            held.callback(events.close)
        say_plan(folder, plan, config, loop, display)
        flag.then(loop.interrupt)
        _go(loop, checkpoints, display, plan, events)
        _finish(folder, plan, loop, display)
        config = end_run(folder, config)
        beside = None
        if plan.baselines and not _has_compared(folder, plan):
            beside = models_beside(plan)
            _compare(folder, plan, flag, display, beside)
        measured = _measure(plan, loop)
        if plan.keep_best_model and measured is not None:
            measured = _keep_best(folder, plan, loop, display, beside, measured)
        run = Run(folder, config, plan.trained, plan.data, measured, own=plan.metrics)
        columns = shows_columns(plan.trained, plan.data.judged)
        with display.stage("measuring which columns matter") if columns else nullcontext():
            found = find_out(run)
        for sentence in write_report(folder, config, plan.trained, found):
            display.say(f"note: {sentence}")
        if plan.metrics.functions:
            display.say(f"note: {functions_sentence(list(plan.metrics.functions))}")
        return run


def _events(folder: Folder, config: dict[str, Any], wanted: bool) -> Events | None:
    """TensorBoard's view of the run, of the records that its checkpoint knows; None where none is wanted."""
    if not (wanted or folder.tensorboard.is_dir()):
        return None
    check_tensorboard()
    return Events(folder.tensorboard, read_all(folder.metrics), config["created"])


def _go(loop: Loop, checkpoints: Checkpoints, display: Display, plan: Plan, events: Events | None) -> None:
    """The loop: advance, record, show, save."""
    folder = checkpoints.folder
    look = min(REFRESH, checkpoints.at_most) if display.live else checkpoints.at_most
    try:
        while not (loop.finished or loop.interrupted or loop.out_of_time):
            record = loop.advance(look)
            also, course, problem = {}, loop.course, plan.trained.problem
            if record is not None:
                record = replace(record, valid=problem.of_epoch(record.valid))
            if record is not None and not record.stage:
                also = also_of(plan.trained, record, loop.epochs, plan.settings.seed)
            if record is not None:
                checkpoints.metrics.add(record.as_dict() | also)
                if events is not None:
                    events.add(record.as_dict() | also)
            display.show(course.progress, course.epochs, record, loop.loss_so_far, course.stage)
            if record is not None and (said := loop.notice()):
                display.say(f"note: {said}")
            if "sample" in also and problem.shows_samples:
                display.say(f"\n{also['sample'].strip()}\n")
            checkpoints.save_if_due(loop)
        checkpoints.save(loop)
    except FileChanged as error:
        checkpoints.save(loop)
        raise GradatimError(
            f"training stopped: {error}; the state is saved, go on with: {resume_command(folder, plan)}"
        ) from error
    except NonFiniteLoss as error:
        kept = f"; the last good state is in {folder.checkpoint}" if folder.checkpoint.exists() else ""
        raise NonFiniteLoss(f"training stopped: {error}{kept}") from error
    display.finish()
    if loop.finished:
        return
    where = f"{loop.course.place}; the state is saved, go on with: {resume_command(folder, plan)}"
    if loop.interrupted:
        raise Interrupted(f"interrupted {where}")
    display.say(f"time is up {where}")


def _finish(folder: Folder, plan: Plan, loop: Loop, display: Display) -> None:
    """Keep what was learned, say what validation has settled, and save the network."""
    if said := keep_learned(plan, loop):
        display.say(said)
    save_trained(folder, plan.trained)


def _has_compared(folder: Folder, plan: Plan) -> bool:
    """Whether other models have learned already, and what is wanted of them is kept."""
    return folder.baselines.exists() and (folder.kept.exists() or not plan.keep_best_model)


def _compare(folder: Folder, plan: Plan, flag: Flag, display: Display, beside: ModelsBeside | None) -> None:
    """Learn what stands beside the network, and keep it; an interrupt leaves it out."""
    s, data = plan.settings, plan.data
    rows: list[dict[str, Any]] = []
    failed: list[str] = []
    with display.stage("training the models beside the network"):
        if stands_beside(plan):
            try:
                rows = train_beside(plan, lambda: flag.is_set)
            except GradatimError as error:
                failed.append(f"the same network does not stand beside without adapting: {error}")
        if has_baselines(plan.trained, data.train, data.test):
            others, not_learned = compare(
                data.train,
                data.test,
                plan.trained,
                s.class_weight,
                s.seed,
                lambda: flag.is_set,
                None if beside is None else beside.consider,
                _threads_beside(plan),
            )
            rows, failed = [*rows, *others], [*failed, *not_learned]
    for sentence in [*failed, *(beside.failed if beside is not None else ())]:
        display.say(f"note: {sentence}")
    if not flag.is_set:
        write_baselines(folder, rows)


def _threads_beside(plan: Plan) -> int:
    """How many threads other models may learn with: as many as were asked for, else those of idle cores."""
    own = plan.settings.threads or 1
    return idle_threads(own) if "threads" in plan.choices else own


def _keep_best(
    folder: Folder, plan: Plan, loop: Loop, display: Display, beside: ModelsBeside | None,
    measured: Evaluation,
) -> Evaluation:  # fmt: skip
    """Let the best on validation answer; what that is worth, `measured` being the network's measures."""
    said, unseen = decide(folder, plan, beside, measured.metrics, loop.unseen_outputs)
    display.say(said or "no other model could be learned")
    if plan.trained.kept is not None:
        if what := settle(plan, unseen):
            display.say(what)
        save_trained(folder, plan.trained)
        measured = _measure(plan, loop) or measured
    write_mean_row(folder, plan.trained.kept, measured.metrics)
    return measured


def _measure(plan: Plan, loop: Loop) -> Evaluation | None:
    """What the network is worth on the examples that it is judged on."""
    judged = plan.data.judged
    if judged is None:
        return None
    if plan.trained.problem.has_own_loss:
        return Evaluation(loop.evaluate(plan.prepare(judged)))
    return measure(plan.trained, judged, plan.metrics)
