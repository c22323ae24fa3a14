"""What beam search followed on its way to an answer."""

from typing import Any

import numpy as np

from gradatim.checks import whole
from gradatim.decoding.answering import inputs_of
from gradatim.decoding.beam_tree import beam_tree, path_of
from gradatim.device import evaluating
from gradatim.explain.figures.beam_tree import MOST_BEAM, beam_tree_figure
from gradatim.jobs.plots.attention import pair_asked
from gradatim.jobs.plots.request import Drawing, PlotRequest, name_of
from gradatim.runs.asking import dtype_of


def beam(asked: PlotRequest) -> Drawing:
    """The prefixes that were followed, for the input that is given, or a test pair, number example=N, the
    first when none is given; `beam` of them at every step, the run's own number at most ten.
    """
    run, examples = pair_asked("plot beam", asked, ("example", "beam"))
    trained = run.trained
    problem: Any = trained.problem
    encoder: Any = trained.encoder
    wide = whole("beam", asked.arguments.get("beam", min(problem.beam, MOST_BEAM)), 1, MOST_BEAM)
    prepared: Any = encoder.prepare(examples.take(np.array([0])), problem, dtype_of(trained))
    network = trained.module()
    x, lengths = inputs_of(network, prepared).take(np.array([0]))
    with evaluating(network):
        nodes, found = beam_tree(
            network, x, lengths, prepared.symbols, encoder.most_steps, wide, problem.length_penalty
        )
    names = problem.names
    facts = {
        "nodes": [{**node._asdict(), "symbol": names[node.symbol]} for node in nodes],
        "found": encoder.answers.text(found.symbols), "score": found.score,
    }  # fmt: skip
    title = f"What a beam of {wide} follows, {name_of(run)}"
    return Drawing(beam_tree_figure(nodes, path_of(nodes, found), names, title), facts)
