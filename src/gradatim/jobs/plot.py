"""Plot: a picture of a function, of a run, or of what is measured."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from gradatim import files
from gradatim.checks import UsageError, did_you_mean, one_of
from gradatim.explain.figures.animation import Animation
from gradatim.explain.figures.style import THEMES, canvas, check_format, write_figure
from gradatim.files import is_folder, refuse_existing
from gradatim.jobs.plots import answers, functions, runs, unit_map
from gradatim.jobs.plots.attention import attention
from gradatim.jobs.plots.beam import beam
from gradatim.jobs.plots.boundary import boundary
from gradatim.jobs.plots.domains import domains
from gradatim.jobs.plots.feature_maps import feature_maps
from gradatim.jobs.plots.filters import filters
from gradatim.jobs.plots.fit import fit
from gradatim.jobs.plots.free_energy import free_energy
from gradatim.jobs.plots.functions import GROUPS
from gradatim.jobs.plots.gates import gates
from gradatim.jobs.plots.interpolation import interpolation
from gradatim.jobs.plots.latent import latent, latent_plane
from gradatim.jobs.plots.lr import lr
from gradatim.jobs.plots.network import network
from gradatim.jobs.plots.posteriors import posteriors
from gradatim.jobs.plots.reconstructions import reconstructions
from gradatim.jobs.plots.request import Drawing, PlotRequest
from gradatim.jobs.plots.roll import roll
from gradatim.jobs.plots.saliency import saliency
from gradatim.jobs.plots.samples import samples
from gradatim.jobs.plots.sawtooth import sawtooth
from gradatim.jobs.plots.shapes_of_use import shapes
from gradatim.jobs.plots.tasks import tasks
from gradatim.jobs.plots.training import training
from gradatim.jobs.plots.words import words
from gradatim.jobs.plots.xor import xor
from gradatim.planning.training_options import OF_LR
from gradatim.runs.folder import RUNS

TRAINING = ("model", *OF_LR)
MOVED = ("data",)  # where a run's data are now


class Kind(NamedTuple):
    """One kind of picture: what it is of, who draws it, what may be added, and a sentence."""

    takes: str
    draw: Callable[[PlotRequest], Drawing]
    sentence: str
    arguments: bool = False  # key=value
    options: tuple[str, ...] = ()
    suffix: str = ".png"  # of the file that it is written to when none is named
    page: bool = False  # whether it can be a page of HTML, too


PLOTS = {
    "lr": Kind("DATA", lr, "The learning-rate finder: the loss while the rate grows.", True, TRAINING),
    "curves": Kind("RUN …", runs.curves, "Learning curves of one run, or of several compared."),
    "weights": Kind("RUN", runs.weights, "The weights of each layer as histograms."),
    "gradients": Kind("RUN", runs.gradients, "The loss's gradient by the weights of each layer, likewise.",
                      options=MOVED),
    "filters": Kind("RUN", filters, "A layer's weights as pictures, kernels or a map; layer=.", True),
    "samples": Kind("RUN", samples, "Samples of an rbm in Gibbs time, of a dbn by class, of a vae.", True),
    "roll": Kind("RUN|FILE.mid", roll, "The piano roll of a MIDI file, or of a piece and what was expected; "
                 "piece=.", True, MOVED),
    "reconstructions": Kind("RUN", reconstructions, "Inputs beside their reconstructions; typical, worst.",
                            True, MOVED),
    "latent": Kind("RUN", latent, "The codes of test examples in two dimensions, by class.", options=MOVED),
    "latent-plane": Kind("RUN", latent_plane, "The decoder over a grid of a code of two numbers; steps=.",
                         True, MOVED),
    "interpolation": Kind("RUN", interpolation, "Ways between test examples through their codes; pairs=.",
                          True, MOVED),
    "free-energy": Kind("RUN", free_energy, "A Boltzmann machine's energies of training and validation."),
    "feature-maps": Kind("RUN", feature_maps, "What every layer gives for one example; example=NUMBER.", True,
                         MOVED),
    "boundary": Kind("RUN", boundary, "What is decided where, over two inputs; of more, x=COLUMN y=COLUMN.",
                     True, MOVED),
    "xor": Kind("", xor, "XOR by a line, two kernels and a hidden layer; n=, noise=, gamma=, hidden=.", True),
    "tasks": Kind("", tasks, "Several tasks: a path of joint sparsity, weights, clusters; tasks=, n=.", True),
    "sawtooth": Kind("", sawtooth, "Depth: the sawtooth by networks of depth 1, 2, k; k=, error=.", True),
    "domains": Kind("SOURCE TARGET|RUN", domains, "Two domains in the plane, before and after adapting; "
                    "kernel=, mu=.", True, ("target", *MOVED)),
    "posteriors": Kind("", posteriors, "Gaussian processes of two tasks, alone and jointly; n=, few=.", True),
    "shapes": Kind("", shapes, "Five shapes of use: one or many inputs, one or many answers."),
    "training": Kind("RUN|DATA", training, "The boundary while a network learns, in an .svg that moves.",
                     True, TRAINING, ".svg"),
    "fit": Kind("RUN", fit, "What is predicted along one input; of more, x=COLUMN.", True, MOVED),
    "confusion": Kind("RUN", answers.confusion, "Which class is taken for which, on test examples; task=.",
                      True, MOVED),
    "calibration": Kind("RUN", answers.calibration, "Whether probabilities come true, on test examples; "
                        "task=.", True, MOVED),
    "roc": Kind("RUN", answers.roc, "The ROC curve and its area, on test examples; task=.", True, MOVED),
    "precision_recall": Kind("RUN", answers.precision_recall, "Precision by recall, and average precision, "
                             "on test examples; task=.", True, MOVED),
    "thresholds": Kind("RUN", answers.thresholds, "Precision, recall and F1 by the threshold, on test "
                       "examples; task=.", True, MOVED),
    "lift": Kind("RUN", answers.lift, "Cumulative gains and lift, on test examples; task=.", True, MOVED),
    "residuals": Kind("RUN", answers.residuals, "Predicted numbers and what is left, on test examples; "
                      "task=.", True, MOVED),
    "words": Kind("RUN [WORD …]", words, "Words by their vectors on a plane; a:b is an arrow from a to b."),
    "u-matrix": Kind("RUN", unit_map.u_matrix, "How far the units of a map are from their neighbours."),
    "components": Kind("RUN", unit_map.components, "The component planes of a map: its weights by input."),
    "hits": Kind("RUN", unit_map.hits, "Which units of a map test examples are nearest to.", options=MOVED),
    "gates": Kind("RUN", gates, "A language model's gates over a text: unit=, gate=, layer=; .html, too.",
                  True, ("text", *MOVED), page=True),
    "attention": Kind("RUN [SENTENCE]", attention, "What is attended to before each word; example=, --text.",
                      True, ("text", *MOVED)),
    "saliency": Kind("RUN [SENTENCE]", saliency, "How each word moves each word said; example=, --text.",
                     True, ("text", *MOVED)),
    "beam": Kind("RUN [INPUT]", beam, "The beginnings that beam search follows, as a tree; example=, beam=.",
                 True, MOVED),
    "network": Kind(
        "RUN|FILE|NAME", network, "Any network as a graph, its depth, width and weights.", True, ("seed",)
    ),
    "activations": Kind("[NAME …]", functions.activations, "Activations and their derivatives.", True),
    "losses": Kind("[NAME …]", functions.losses, "Losses and their derivatives by the output.", True),
    "schedules": Kind("[NAME …]", functions.schedules, "The learning rate over a training.", True),
}  # fmt: skip


def plots() -> list[dict[str, Any]]:
    """What can be drawn: name, what it takes, a sentence, and the names that stand for one of its members."""
    return [
        {"name": name, "takes": kind.takes, "sentence": kind.sentence,
         "members": GROUPS[name]() if name in GROUPS else []}
        for name, kind in PLOTS.items()
    ]  # fmt: skip


def plot(
    what: str, *things: Any, arguments: dict[str, Any] | None = None, out: str | Path | None = None,
    theme: str = "light", size: Any = None, dpi: int | None = None, transparent: bool = False,
    force: bool = True, **options: Any,
) -> dict[str, Any]:  # fmt: skip
    """Draw one of `PLOTS`, one activation, loss or schedule by its name, or a run's curves, and write it.

    Returns {"plot": path, …} with numbers that belong to the picture.

    >>> plot("tanh", out=getfixture("tmp_path") / "tanh.svg")["names"]
    ['tanh']

    Parameters
    ----------
    what : a name of `plots()`, or of one of its members; or a run.
    things : what it takes: data, runs or names.
    arguments : of the activation, the loss, the schedule or the network that is drawn.
    out : a `.png` or `.svg` file; of `gates` also an `.html` page; `WHAT.png` when None.
    theme : `light` or `dark`.
    size : inches, as a pair or a text such as `8x5`; as large as the picture needs when None.
    dpi : dots an inch of a PNG, 160 when None.
    transparent : whether the paper is clear.
    force : whether a file that exists is written over.
    options : of `lr`, as `train` has them; of `network`, `seed`; of `gates`, `text`, a file or
        characters; of `attention` and `saliency`, `text`, what is said.

    Raises UsageError for what cannot be drawn.
    """
    name, chosen = _resolved(what, things)
    kind = PLOTS[name]
    alone = str(chosen[0]).partition(":")[0] if name in GROUPS and len(chosen) == 1 else name
    path = Path(out if out is not None else f"{alone}{kind.suffix}")
    as_page = kind.page and path.suffix.lower() == ".html"
    if not as_page:
        check_format(path)
    one_of("theme", theme, THEMES)
    on = canvas(size, dpi, transparent)
    if kind.suffix == ".svg" and path.suffix.lower() != ".svg":
        raise UsageError(f"what moves is written to an .svg file, not to {path}")
    refuse_existing(path, force)
    given = {key: value for key, value in options.items() if value is not None}
    for key in given:
        if key not in kind.options:
            raise UsageError(f"plot {name} takes no option {key}")
    if arguments and not kind.arguments:
        raise UsageError(f"plot {name} takes no argument {next(iter(arguments))!r}")
    drawn = kind.draw(PlotRequest(chosen, arguments or {}, given))
    if as_page and drawn.page is not None:
        files.write(path, drawn.page())
        return {"plot": str(path), **drawn.facts}
    if isinstance(drawn.picture, Animation):
        files.write(path, drawn.picture.svg(theme))
        return {"plot": str(path), **drawn.facts}
    return {"plot": str(write_figure(drawn.picture, path, theme, on)), **drawn.facts}


def _resolved(what: Any, things: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """The kind of picture that a name stands for, and what it shall be of."""
    if what in PLOTS:
        return what, things
    member = str(what).partition(":")[0]
    groups = _members().get(member, [])
    if len(groups) > 1:
        raise UsageError(
            f"{what} is several things: " + " or ".join(f"plot {group} {what}" for group in groups)
        )
    if groups:
        return groups[0], (what, *things)
    if not isinstance(what, str) or is_folder(what) or is_folder(RUNS / what):
        return "curves", (what, *things)
    raise UsageError(f"unknown plot {what!r}: {did_you_mean(what, [*PLOTS, *_members()])}")


def _members() -> dict[str, list[str]]:
    """The names that can be drawn alone, and the kinds of picture that they belong to."""
    found: dict[str, list[str]] = {}
    for group, names in GROUPS.items():
        for name in names():
            found.setdefault(name, []).append(group)
    return found
