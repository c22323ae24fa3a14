"""The verbs. Each imports its job when it runs, so that help costs nothing."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from gradatim import __version__
from gradatim.checks import Interrupted, UsageError
from gradatim.cli import options as o

app = typer.Typer(
    rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False, no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="The canon of deep learning, step by step. Begin with: gradatim train digits",
)  # fmt: skip


def _version(asked: bool) -> None:
    if asked:
        print(f"gradatim {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Common to all verbs."""


@app.command()
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
        "target": target,
        "task": task,
        "group": group,
        "time": time,
        "ignore": ignore,
        "schema": schema,
        "valid": share_or_path(valid),
        "test": test,
        "network": network or None,
        "weights": weights,
        "pretrained": pretrained or None,
        "loss": loss,
        "baselines": False if no_baselines else None,
    }
    if resume is not None:
        _refuse_with_resume({**given, "data": data, "model": model, "config": config})
    given["pretrained"] = pretrained
    try:
        run = job(
            data,
            model=read_model(model),
            out=out,
            resume=resume,
            quiet=quiet,
            sanity=sanity,
            tensorboard=tensorboard,
            **given,
            **asked,
        )
    except Interrupted as error:  # typer has its own answer to a KeyboardInterrupt, without our sentence
        print(f"gradatim: {error}", file=sys.stderr)
        raise typer.Exit(130) from None
    if as_json:
        _print_json({"run": str(run.path), "metrics": run.metrics})
        return
    for name, value in run.metrics.items():
        print(f"{run.measured_on} {name.replace('_', ' '):<18} {value:.4f}")
    if run.baselines:
        print(compared(run.metrics, run.records, run.baselines))
    print(f"run    {run.path}\nreport {run.folder.report}")


def _refuse_with_resume(given: dict[str, Any]) -> None:
    for name, value in given.items():
        if value is not None:
            what = (
                "DATA"
                if name == "data"
                else "--no-baselines"
                if name == "baselines"
                else "key=value"
                if name == "network"
                else f"--{name}"
            )
            raise UsageError(
                f"--resume goes on with the run's own data and settings: {what} cannot be given; only "
                "--epochs, --max-minutes, --out, --quiet and --tensorboard may"
            )


@app.command()
def evaluate(
    run: Annotated[str, typer.Argument(help="A run folder, or its name under runs/.")],
    data: Annotated[str | None, typer.Option(help="Other examples: a name, or an .npz file.")] = None,
    split: Annotated[str, typer.Option(help="Of the run's own data: train, valid or test.")] = "test",
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """Measure a trained network.

    Example: gradatim evaluate runs/digits-1 --json
    """
    from gradatim.jobs.run import load

    result = load(run).evaluate(data, split)
    if as_json:
        _print_json(result)
        return
    for notice in result.get("notices", ()):
        print(f"{data}: {notice}", file=sys.stderr)
    print(f"{result['split']} examples {result['n']}")
    for name, value in result["metrics"].items():
        print(f"{name.replace('_', ' '):<18} {value:.4f}")


@app.command()
def predict(
    run: Annotated[str, typer.Argument(help="A run folder, or its name under runs/.")],
    inputs: Annotated[
        list[str], typer.Argument(help="Names, tables' files, - for stdin, .npz or .npy files.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Write to this .csv or .npz file instead of stdout.")
    ] = None,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """Predict the class of new examples, or the numbers. A table's columns stand before what is predicted.

    Example: gradatim predict runs/adult-1 new.csv --out predictions.csv
    """
    from gradatim.jobs.predict import inputs_for, predict_all
    from gradatim.jobs.run import load

    loaded = load(run)
    given = [inputs_for(loaded.trained, item) for item in inputs]
    for item, one in zip(inputs, given, strict=True):
        for notice in one.notices:
            print(f"{item}: {notice}", file=sys.stderr)
    found = predict_all(loaded, given)
    if out is not None and str(out) != "-":
        found.write(out)
        print(f"{len(found)} predictions in {out}", file=sys.stderr)
    if as_json:
        _print_json({"run": str(loaded.path), "n": len(found), "predictions": found.rows()})
    elif out is None or str(out) == "-":
        sys.stdout.write(found.to_csv())


@app.command()
def sample(
    run: Annotated[str, typer.Argument(help="The run folder of a language model, or its name under runs/.")],
    prompt: Annotated[str, typer.Option(help="The characters to go on from.")] = "",
    length: Annotated[int, typer.Option(help="Characters to write.")] = 500,
    temperature: Annotated[
        float, typer.Option(help="Below 1 safer, above 1 more daring; 0 is greedy.")
    ] = 1.0,
    top_k: Annotated[int | None, typer.Option(help="Draw from the k most probable only.")] = None,
    seed: Annotated[int, typer.Option(help="Of the draws: the same seed, the same text.")] = 0,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """Let a language model write.

    Example: gradatim sample runs/tinyshakespeare-1 --prompt "ROMEO:" --temperature 0.7
    """
    from gradatim.jobs.run import load

    text = load(run).sample(prompt, length, seed, temperature, top_k)
    if as_json:
        _print_json(
            {"run": run, "prompt": prompt, "text": text, "seed": seed, "temperature": temperature,
             "top_k": top_k}
        )  # fmt: skip
    else:
        print(prompt + text)


@app.command()
def plot(
    what: Annotated[str | None, typer.Argument(help="What to draw, or a run; nothing lists it.")] = None,
    things: Annotated[
        list[str] | None, typer.Argument(help="Data, runs or names; key=value: arguments of what is drawn.")
    ] = None,
    target: o.Target = None,
    model: o.Model = None,
    out: Annotated[Path | None, typer.Option(help="A .png or .svg file; WHAT.png when not given.")] = None,
    theme: o.Theme = "light",
    batch_size: o.BatchSize = None, optimizer: o.Optimizer = None, hidden: o.Hidden = None,
    dropout: o.Dropout = None, seed: o.Seed = None, engine: o.Engine = None, device: o.Device = None,
    threads: o.Threads = None, as_json: o.Json = False, debug: o.Debug = False,
) -> None:  # fmt: skip
    """Draw a picture: of a function, of a run, or of which learning rate to take.

    Example: gradatim plot curves runs/digits-1 runs/digits-2 --out curves.svg
    """
    from gradatim.cli.reading import given_options, network_arguments, parted, read_model
    from gradatim.cli.text import drawable
    from gradatim.jobs.plot import plot as job
    from gradatim.jobs.plot import plots

    if what is None:
        if as_json:
            _print_json({"plots": plots()})
        else:
            print(drawable(plots()))
        return
    asked = given_options(
        None, batch_size=batch_size, optimizer=optimizer, hidden=hidden, dropout=dropout, seed=seed,
        engine=engine, device=device, threads=threads, target=target,
        model=None if model is None else read_model(model),
    )  # fmt: skip
    named, settings = parted(things or [])
    result = job(what, *named, arguments=network_arguments(settings), out=out, theme=theme, **asked)
    if as_json:
        _print_json(result)
        return
    if "suggestion" in result:
        print(f"the loss falls fastest at a learning rate of {result['suggestion']:.1e}")
    print(f"plot {result['plot']}")


@app.command("list")
def list_(
    kind: Annotated[str | None, typer.Argument(help="dataset, network, layer, activation, loss, …")] = None,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """List what there is, by name.

    Example: gradatim list optimizer
    """
    from gradatim.cli.text import listed
    from gradatim.jobs.list import list_entries

    rows = list_entries(kind)
    if as_json:
        _print_json({"entries": rows})
        return
    print(listed(rows))


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A name of the catalogue.")],
    settings: Annotated[list[str] | None, typer.Argument(help="key=value: arguments of a network.")] = None,
    input_size: o.InputSize = None,
    weights: o.Weights = None,
    pretrained: o.Pretrained = False,
    batch_size: Annotated[int, typer.Option(help="Examples in a batch, which the bytes are for.")] = 1,
    optimizer: Annotated[str, typer.Option(help="The optimizer whose state training holds.")] = "adam",
    svg: Annotated[Path | None, typer.Option(help="Draw the network into this .svg file.")] = None,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """Show one thing: equation, paper, arguments; of a network its layers and what they cost.

    Example: gradatim show resnet50 --input-size 224 --batch-size 32 --svg resnet50.svg
    """
    from gradatim.cli.reading import network_arguments, size_of
    from gradatim.cli.text import shown
    from gradatim.jobs.show import draw_to
    from gradatim.jobs.show import show as job

    size, arguments = size_of(input_size), network_arguments(settings or [])
    result = job(name, arguments, size, batch_size, optimizer, weights, pretrained)
    if svg is not None:
        draw_to(svg, result)
        print(f"drawn into {svg}", file=sys.stderr)
    print(json.dumps(result, ensure_ascii=False, indent=1) if as_json else shown(result))


@app.command()
def trace(
    name: Annotated[str | None, typer.Argument(help="A trace; nothing lists them.")] = None,
    settings: Annotated[list[str] | None, typer.Argument(help="key=value: its numbers, changed.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the page to this .html file.")] = None,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """Work an example through, every number on the table.

    Example: gradatim trace backprop-or lr=0.2 --out or.html
    """
    from gradatim.cli.reading import network_arguments
    from gradatim.jobs.trace import trace as job
    from gradatim.jobs.trace import write_page

    if name is None:
        _print_entries(("trace",), as_json)
        return
    found = job(name, network_arguments(settings or []))
    if out is not None:
        write_page(found, out)
        print(f"the trace is in {out}", file=sys.stderr)
    if as_json:
        _print_json(found.as_json())
    elif out is None:
        print(found)


@app.command()
def data(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A name; a table, .npz, text or picture file; - for a table on stdin; nothing lists names."
        ),
    ] = None,
    target: o.Target = None,
    task: o.Task = None,
    group: o.Group = None,
    time: o.Time = None,
    ignore: o.Ignore = None,
    schema: Annotated[
        str | None, typer.Option(help="Write what the columns are to this file, or follow it if it is there.")
    ] = None,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """Describe data: examples, columns, classes, splits, ranges; of a picture its numbers.

    Example: gradatim data customers.csv --target churned --ignore name
    """
    from gradatim.cli.pictures import described_picture
    from gradatim.cli.tables import print_schema
    from gradatim.cli.text import described
    from gradatim.jobs.data import describe_data

    if name is None:
        _print_entries(("dataset", "text"), as_json)
        return
    result = describe_data(name, target, task=task, group=group, time=time, ignore=ignore, schema=schema)
    if as_json:
        print(json.dumps(result, ensure_ascii=False, indent=None if "pixels" in result else 1))
    elif "pixels" in result:
        print(described_picture(result))
    elif "columns" in result:
        print_schema(result)
    else:
        print(described(result))


@app.command()
def report(
    run: Annotated[str, typer.Argument(help="A run folder, or its name under runs/.")],
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """Write a run's report.html again.

    Example: gradatim report runs/digits-1
    """
    from gradatim.jobs.run import load

    path = load(run).report()
    if as_json:
        _print_json({"report": str(path)})
    else:
        print(path)


@app.command()
def doctor(as_json: o.Json = False, debug: o.Debug = False) -> None:
    """Say what this machine has and whether everything works.

    Example: gradatim doctor
    """
    from gradatim.jobs.doctor import doctor as job

    result = job()
    if as_json:
        _print_json(result)
    else:
        for name, value in result["facts"].items():
            print(f"{name:<14} {value}")
        for check in result["checks"]:
            said = f": {check['said']}" if check["said"] else ""
            print(f"{'ok  ' if check['ok'] else 'FAIL'} {check['name']}{said}")
    if not all(check["ok"] for check in result["checks"]):
        raise typer.Exit(1)


def _print_entries(kinds: tuple[str, ...], as_json: bool) -> None:
    from gradatim.jobs.list import list_entries

    rows = [row for kind in kinds for row in list_entries(kind)]
    if as_json:
        _print_json({"entries": rows})
        return
    width = max(len(str(row["name"])) for row in rows)
    for row in rows:
        print(f"{row['name']:<{width}}  {row['sentence']}")


def _print_json(content: dict[str, Any]) -> None:
    print(json.dumps(content, ensure_ascii=False))
