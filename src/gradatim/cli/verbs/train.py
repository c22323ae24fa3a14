"""The verb `train`."""

import sys
from pathlib import Path
from typing import Any

import typer

from gradatim.checks import Interrupted, UsageError
from gradatim.cli import options as o
from gradatim.cli.printing import print_json

NAMES = {"data": "DATA", "network": "key=value", "baselines": "--no-baselines"}  # what is no --name


def train(
    data: o.Data = None,
    settings: o.Arguments = None,
    target: o.Target = None,
    task: o.Task = None, group: o.Group = None, time: o.Time = None, ignore: o.Ignore = None,
    schema: o.Schema = None,
    model: o.Model = None, loss: o.Loss = None,
    weights: o.Weights = None, pretrained: o.Pretrained = False,
    out: o.Out = None,
    resume: o.Resume = None,
    config: o.Config = None,
    epochs: o.Epochs = None, batch_size: o.BatchSize = None, window: o.Window = None,
    lr: o.LearningRate = None,
    optimizer: o.Optimizer = None, schedule: o.Schedule = None, hidden: o.Hidden = None,
    dropout: o.Dropout = None, seed: o.Seed = None, engine: o.Engine = None, device: o.Device = None,
    threads: o.Threads = None, precision: o.Precision = None, valid: o.Valid = None, test: o.Test = None,
    patience: o.Patience = None, class_weight: o.ClassWeight = None,
    threshold: o.Threshold = None, accumulate: o.Accumulate = None,
    l1: o.L1 = None, l2: o.L2 = None, weight_decay: o.WeightDecay = None, keep: o.Keep = None,
    label_smoothing: o.LabelSmoothing = None, ema: o.Ema = None, clip_norm: o.ClipNorm = None,
    clip_value: o.ClipValue = None, max_minutes: o.MaxMinutes = None,
    no_baselines: o.Baselines = False, sanity: o.Sanity = False, tensorboard: o.TensorBoard = False,
    as_json: o.Json = False,
    quiet: o.Quiet = False, debug: o.Debug = False,
) -> None:  # fmt: skip
    """Train a network and keep everything about it in a run folder.

    Example: gradatim train digits --epochs 20 --hidden 128,64 activation=tanh
    """
    from gradatim.cli.reading import given_options, network_arguments, read_model, share_or_path
    from gradatim.cli.text import compared
    from gradatim.jobs.train import train as job

    if data is not None and "=" in data and (resume is not None or not Path(data).exists()):
        settings, data = [data, *(settings or [])], None
    asked = given_options(
        config, epochs=epochs, batch_size=batch_size, window=window, lr=lr, optimizer=optimizer,
        schedule=schedule,
        hidden=hidden, dropout=dropout, seed=seed, engine=engine, device=device, threads=threads,
        precision=precision, patience=patience, class_weight=class_weight, threshold=threshold,
        accumulate=accumulate, l1=l1, l2=l2, weight_decay=weight_decay, label_smoothing=label_smoothing,
        keep=keep, ema=ema, clip_norm=clip_norm, clip_value=clip_value, max_minutes=max_minutes,
    )  # fmt: skip
    network = {**asked.pop("network", {}), **network_arguments(settings or [])}
    given: dict[str, Any] = {
        "target": target, "task": task, "group": group, "time": time, "ignore": ignore, "schema": schema,
        "valid": share_or_path(valid), "test": test, "network": network or None, "weights": weights,
        "loss": loss, "baselines": False if no_baselines else None,
    }  # fmt: skip
    if resume is not None:
        again = None if data == "-" else data  # standard input cannot be found again, but given
        _refuse({**given, "data": again, "model": model, "config": config, "pretrained": pretrained or None})
    try:
        run = job(
            data, model=read_model(model), out=out, resume=resume, quiet=quiet, sanity=sanity,
            tensorboard=tensorboard, pretrained=pretrained, **given, **asked,
        )  # fmt: skip
    except Interrupted as error:  # typer has its own answer to a KeyboardInterrupt, without our sentence
        print(f"gradatim: {error}", file=sys.stderr)
        raise typer.Exit(130) from None
    if as_json:
        print_json({"run": str(run.path), "metrics": run.metrics})
        return
    for name, value in run.metrics.items():
        print(f"{run.measured_on} {name.replace('_', ' '):<18} {value:.4f}")
    if run.baselines:
        print(compared(run.metrics, run.records, run.baselines))
    print(f"run    {run.path}\nreport {run.folder.report}")


def _refuse(with_resume: dict[str, Any]) -> None:
    """Whatever was given and belongs to the run."""
    for name in (name for name, value in with_resume.items() if value is not None):
        raise UsageError(
            f"--resume goes on with the run's own data and settings: {NAMES.get(name, f'--{name}')} cannot "
            "be given; only --epochs, --max-minutes, --out, --quiet and --tensorboard may"
        )
