"""Train: from a name, a file or arrays to a run folder."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shlex import quote
from typing import Any

from gradatim import files
from gradatim.checks import GradatimError, Interrupted, NonFiniteLoss, UsageError
from gradatim.jobs.display import REFRESH, Display
from gradatim.jobs.gathering import Data, gather, gather_again
from gradatim.jobs.interrupts import Flag, interruptible
from gradatim.jobs.measure import Measured, measure
from gradatim.jobs.plan import Plan, config_of, make_plan
from gradatim.jobs.report import write_report
from gradatim.jobs.run import Run
from gradatim.jobs.settings import MAY_CHANGE, settings_from
from gradatim.jobs.surroundings import command_line, versions
from gradatim.runs.checkpoints import AT_LEAST, AT_MOST, Checkpoints, restore
from gradatim.runs.folder import Folder, create, find
from gradatim.runs.metrics import Metrics
from gradatim.runs.trained import own_network, save_trained
from gradatim.training.training import Training


def train(
    data: Any = None, *, target: str | None = None, model: Any = "mlp", network: Mapping[str, Any] | None = None,
    loss: Any = None, valid: Any = None, test: Any = None, out: str | Path | None = None,
    resume: str | Path | None = None, classes: Mapping[str, Callable[[], Any]] | None = None, quiet: bool = False,
    checkpoint_seconds: tuple[float, float] = (AT_LEAST, AT_MOST), **options: Any,
) -> Run:  # fmt: skip
    """Train a network, keep everything about it in a run folder, and measure it on the test examples.

    >>> run = train("digits", epochs=3, out=getfixture("tmp_path") / "run", quiet=True)
    >>> run.metrics["accuracy"] > 0.8
    True

    Parameters: `data`, a name of the catalogue, an `.npz` file, (X, y) arrays, a data frame with `target`, a torch
    Dataset, or a DataLoader. `model`, a network of the catalogue with arguments in `network`, a description, or a
    torch module of your own; `loss`, a name or a function, chosen from the target when None. `valid`, the share of
    training examples to validate on (0.1 when None) or examples of their own; `test`, examples of their own instead
    of the split rule. `out`, the run folder. `resume`, a run to go on with, for which only `epochs`, `max_minutes`,
    `out` and `quiet` may be given, and the objects that it had in memory. `checkpoint_seconds`, at least and at most
    between two checkpoints.

    Options: epochs, batch_size, lr, optimizer, schedule, hidden, dropout, seed, engine, device, threads, precision,
    patience, class_weight, accumulate, max_minutes: the fields of `gradatim.jobs.settings.Settings`.

    Raises UsageError for what cannot be asked, GradatimError when training fails, Interrupted after Ctrl-C.
    """
    with interruptible() as flag, Display(quiet) as display:
        if resume is not None:
            given = {"target": target, "network": network, "loss": loss if isinstance(loss, str) else None}
            _refuse_changes(options | {name: value for name, value in given.items() if value is not None})
            folder, plan = _resumed(resume, (data, valid, test), model, loss, classes or {}, options)
            folder = folder if out is None else _copy(folder, create(plan.data.name, out))
        else:
            if data is None:
                raise UsageError("name the data to learn: a name such as digits, a file, or arrays")
            settings = settings_from(options)
            found = gather(data, target, 0.1 if valid is None else valid, test)
            plan = make_plan(found, settings, model, dict(network or {}), loss, command_line())
            folder = create(found.name, out)
        return _run(folder, plan, flag, display, checkpoint_seconds, fresh=resume is None)


def _run(
    folder: Folder, plan: Plan, flag: Flag, display: Display, seconds: tuple[float, float], fresh: bool
) -> Run:
    """Train to the end and write what was learned."""
    with ExitStack() as held:
        held.enter_context(files.lock(folder.path))
        config = config_of(plan) if fresh else folder.read_config() | _changes(plan)
        files.write_json(folder.config, config)
        held.enter_context(_threads(plan.settings.threads or 1))
        training = _training(plan)
        metrics = Metrics(folder.metrics, restore(folder, training, len(plan.extended)))
        held.callback(metrics.close)
        files.write_json(folder.model_json, plan.trained.as_dict())
        _say_plan(folder, plan, config, training, display)
        flag.then(training.interrupt)
        _go(training, Checkpoints(folder, metrics, len(plan.extended), *seconds), display)
        return _finish(folder, plan, config, training)


def _training(plan: Plan) -> Training:
    """The Training of a plan, its examples preprocessed."""
    s = plan.settings
    return Training(
        plan.trained.model, plan.prepared(plan.data.train), plan.loss, s.optimizer, epochs=s.epochs or 1,
        batch_size=s.batch_size or 1, lr=s.lr, schedule=s.schedule or "constant", seed=s.seed,
        valid=plan.prepared(plan.data.valid), patience=s.patience, class_weight=s.class_weight,
        accumulate=s.accumulate, max_minutes=s.max_minutes, device=s.device, precision=s.precision,
    )  # fmt: skip


def _go(training: Training, checkpoints: Checkpoints, display: Display) -> None:
    """The loop: advance, record, show, save."""
    folder = checkpoints.folder
    look = min(REFRESH, checkpoints.at_most) if display.live else checkpoints.at_most
    try:
        while not (training.finished or training.interrupted or training.out_of_time):
            record = training.advance(look)
            if record is not None:
                checkpoints.metrics.add(record.as_dict())
            display.show(training.progress, training.epochs, record)
            checkpoints.save_if_due(training)
        checkpoints.save(training)
    except NonFiniteLoss as error:
        kept = f"; the last good state is in {folder.checkpoint}" if folder.checkpoint.exists() else ""
        raise NonFiniteLoss(f"training stopped {error}{kept}") from error
    except files.CannotWrite as error:
        kept = f"the checkpoint before it is whole; free some space, then: {_again(folder)}"
        raise GradatimError(f"{error}; {kept if folder.checkpoint.exists() else 'nothing was saved yet'}") from error
    display.close()
    if training.finished:
        return
    where = f"in epoch {training.epoch + 1} of {training.epochs}; the state is saved, go on with: {_again(folder)}"
    if training.interrupted:
        raise Interrupted(f"interrupted {where}")
    display.say(f"time is up {where}")


def _finish(folder: Folder, plan: Plan, config: dict[str, Any], training: Training) -> Run:
    """Put back the best epoch's parameters, save the network, measure it on the test examples, write the report."""
    best = training.restore_best() if training.best is not None else None
    plan.trained.facts["epoch"] = best or training.epoch
    save_trained(folder, plan.trained)
    measured = None
    if plan.data.test is not None and plan.trained.loss is not None:
        measured = measure(plan.trained, plan.data.test)
    elif plan.data.test is not None:
        measured = Measured(0, training.evaluate(plan.prepared(plan.data.test)))
    write_report(folder, config, plan.trained, plan.data, measured)
    return Run(folder, config, plan.trained, plan.data, measured)


def _say_plan(folder: Folder, plan: Plan, config: dict[str, Any], training: Training, display: Display) -> None:
    """What is about to happen, in a few lines."""
    data, s = plan.data, plan.settings
    if sizes := data.reference.get("splits"):
        display.say(f"{data.name}: " + ", ".join(f"{n:,} {part}" for part, n in sizes.items()) + " examples")
    name = plan.trained.network["name"] if plan.trained.network else plan.trained.own_class
    display.say(
        f"{name}: {plan.trained.facts['parameters']:,} parameters; {plan.choices.get('head', 'a loss of its own')}; "
        f"{s.optimizer}, learning rate {s.lr:g}, {s.schedule}; {s.device}, {s.threads} thread(s)"
    )
    began = {name: value for name, value in config["versions"].items() if name != "gradatim"}
    for name, now in versions().items():
        if began.get(name, now) != now:
            display.say(f"{name} was {began[name]} when this run began and is {now} now: equal bits are not promised")
    if not (training.epoch or training.batch):
        return
    display.say(f"{folder}: going on after {training.epoch} of {training.epochs} epochs")
    if plan.extended and not training.finished:
        again = f"; the schedule {s.schedule} is now that of {s.epochs} epochs" if s.schedule != "constant" else ""
        display.say(f"extended to {training.epochs} epochs{again}")
    elif training.finished:
        display.say(f"it has finished; --epochs {2 * training.epochs} would extend it")


def _resumed(
    resume: str | Path, examples: tuple[Any, Any, Any], model: Any, loss: Any,
    classes: Mapping[str, Callable[[], Any]], options: dict[str, Any],
) -> tuple[Folder, Plan]:  # fmt: skip
    """The folder and the plan of a run that is gone on with."""
    folder = find(resume)
    config = folder.read_config()
    try:
        settings = settings_from({**config["settings"], **options})
        found = _found_again(config["data"], examples)
        own, network = config["network"]["class"], config["network"]["entry"]
        if own is not None:
            network = own_network(own, classes) if isinstance(model, str) else model
        plan = make_plan(found, settings, network, {}, config["loss"] or loss, config["command"])
        plan.choices, plan.asked, plan.extended = config["choices"], config["network"]["asked"], config["extended"]
        if "epochs" in options:
            plan.extended = [*plan.extended, {"from": config["settings"]["epochs"], "to": options["epochs"]}]
    except (KeyError, TypeError, AttributeError) as error:
        raise GradatimError(f"{folder.config} is damaged: {error!r}") from error
    return folder, plan


def _found_again(reference: dict[str, Any], examples: tuple[Any, Any, Any]) -> Data:
    data, valid, test = examples
    return gather_again(reference, data, valid, test)


def _refuse_changes(options: Mapping[str, Any]) -> None:
    for name in options:
        if name not in MAY_CHANGE:
            raise UsageError(
                f"--resume goes on with the run's own settings: {name} cannot change; only --epochs, --max-minutes, "
                "--out and --quiet may be given"
            )


def _changes(plan: Plan) -> dict[str, Any]:
    """What resuming changes in config.json."""
    return {"settings": plan.settings.as_dict(), "extended": plan.extended}


def _copy(source: Folder, target: Folder) -> Folder:
    """A copy of a run's folder, its config last, so that a half copy is not taken for a run."""
    with files.lock(source.path):
        for name in ("metrics", "checkpoint", "model", "model_json", "config"):
            path = getattr(source, name)
            if path.exists():
                try:
                    shutil.copyfile(path, getattr(target, name))
                except OSError as error:
                    raise GradatimError(f"cannot copy {path} to {target}: {error.strerror}") from error
    return target


@contextmanager
def _threads(number: int) -> Iterator[None]:
    """So many CPU threads in torch, and afterwards as many as before."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _again(folder: Folder) -> str:
    return f"gradatim train --resume {quote(str(folder))}"
