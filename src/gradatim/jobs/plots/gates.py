"""The gates of a language model over a text: any unit, any gate, and what units follow."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, known, unknown_argument, whole
from gradatim.data.reading_text import is_text_file, read_text
from gradatim.explain.figures.gates import COLUMNS, ROWS, gates_figure, panel_of, wrapped
from gradatim.explain.gates_page import gates_page
from gradatim.explain.text_features import features_of
from gradatim.explain.unit_scores import FEWEST, SHIFTED, best_units
from gradatim.files import exists, is_folder
from gradatim.jobs.plots.request import Drawing, PlotRequest, name_of
from gradatim.jobs.run import Run

TAKES = ("unit", "gate", "layer", "start", "panels")
PANELS = 3
MOST = 6000  # characters of a text that are read, and that units are ranked on
CHANCE = 0.05  # searches for shifted labels that may score as high as a unit that is said to follow
PLAIN = ("cell", "candidate", "hidden", "outputs")  # no gates
USUAL = ("cell", "hidden")  # one of these is drawn where no unit follows anything
Values = dict[tuple[int, str], np.ndarray]


Name = tuple[int, str, int]  # layer, gate, unit


def gates(asked: PlotRequest) -> Drawing:
    """A text, coloured by gates: of the units that follow something best, or of `unit`, `gate` and `layer`.

    `start` is the first character that is drawn, `panels` how many units are, where none is named.
    """
    from gradatim.models.char_lm import CharLM

    for key in asked.arguments:
        if key not in TAKES:
            raise unknown_argument("plot gates", key, TAKES)
    run = asked.run()
    network = run.trained.module()
    if not isinstance(network, CharLM):
        if hasattr(network, "carried"):
            raise UsageError(f"{run.path} has no gates: its network is no recurrent language model")
        raise UsageError(f"{run.path} is no language model; gradatim train book.txt makes one")
    pieces, tokens = _read(run, asked.options.get("text"))
    values = _values(network, tokens)
    wanted = _wanted(values, asked.arguments)
    rows = _rows(run, values, wanted, pieces, tokens)
    panels = whole("panels", asked.arguments.get("panels", PANELS), 1, 12)
    chosen = wanted if "unit" in asked.arguments else _best(rows, wanted, panels)
    first = whole("start", asked.arguments.get("start", _usual_start(pieces)), 1, len(pieces)) - 1
    shown = _fitting(pieces[first:])
    title = f"Gates of {name_of(run)} over a text"
    said = f"{len(pieces):,} {run.trained.template.unit} were read, from a state of zeros."
    whole_text = [panel_of(_title(name, rows), pieces, _of(values, name)) for name in chosen]
    part = [one._replace(pieces=shown, values=one.values[first : first + len(shown)]) for one in whole_text]
    facts = {
        "units": [{"layer": k, "gate": gate, "unit": unit} for k, gate, unit in chosen],
        "ranking": rows, "read": len(pieces), "start": first + 1,
    }  # fmt: skip
    words = f"{said} {'; '.join(panel.title for panel in part)}"
    return Drawing(gates_figure(part, title, words), facts, lambda: gates_page(whole_text, title, rows, said))


def _read(run: Run, text: Any) -> tuple[list[str], np.ndarray]:
    """The pieces of the text and their numbers: of a file, a string, or the text that was validated on."""
    encoder = run.trained.encoder
    if text is None:
        judged: Any = run.data.judged or run.data.train
        pieces, tokens = encoder.text_units(judged.characters(0, MOST), judged.file_name)
    elif is_text_file(text) or (not is_folder(text) and exists(text)):
        pieces, tokens = encoder.text_units(read_text(text).characters(0, MOST), str(text))
    elif text:
        pieces, tokens = encoder.text_units(text.replace("\r\n", "\n").replace("\r", "\n")[:MOST], "the text")
    else:
        raise UsageError("--text is empty: there is nothing to colour; give a file or some characters")
    return pieces[:MOST], tokens[:MOST]


def _values(network: Any, tokens: np.ndarray) -> Values:
    """Each gate of each layer over the text, (T, H)."""
    import torch

    from gradatim.models.gates import gate_values

    device = next(network.parameters()).device
    found = gate_values(network.eval(), torch.from_numpy(tokens).to(device))
    return {(one.layer, one.gate): one.values.cpu().numpy() for one in found}


def _wanted(values: Values, arguments: dict[str, Any]) -> list[Name]:
    """The units of the layers and gates that were asked for, all where none was."""
    layers, gates = max(layer for layer, _ in values), list(dict.fromkeys(gate for _, gate in values))
    layer = whole("layer", arguments["layer"], 1, layers) if "layer" in arguments else None
    gate = known("gate", arguments["gate"], gates) if "gate" in arguments else None
    places = [(k, g) for k, g in values if layer in (None, k) and gate in (None, g)]
    if "unit" not in arguments:
        return [(k, g, u) for k, g in places for u in range(1, values[k, g].shape[1] + 1)]
    most = min(values[place].shape[1] for place in places)
    unit = whole("unit", arguments["unit"], 1, most)
    return [(k, g, unit) for k, g in places if layer is not None or k == places[0][0]]


def _of(values: Values, name: Name) -> np.ndarray:
    """The values of one unit, (T,)."""
    return values[name[:2]][:, name[2] - 1]


def _rows(
    run: Run, values: Values, names: list[Name], pieces: list[str], tokens: np.ndarray
) -> list[dict[str, Any]]:
    """For each feature of the text the unit that follows it best, beside chance and the untrained network."""
    features = features_of(pieces)
    columns = np.stack([_of(values, name) for name in names], 1)
    before: dict[str, float] = {}
    if run.trained.network is not None and len(pieces) >= FEWEST:
        from gradatim.models.building import build

        first = _values(build(run.trained.network, run.config["settings"]["seed"]), tokens)
        untrained = np.stack([_of(first, name) for name in names], 1)
        before = {one.feature: abs(one.score) for one in best_units(untrained, features)}
    return [
        {"feature": one.feature, "layer": names[one.unit][0], "gate": names[one.unit][1],
         "unit": names[one.unit][2], "score": one.score, "chance": one.chance, "p": one.p,
         "untrained": before.get(one.feature), "searches": SHIFTED}
        for one in best_units(columns, features)
    ]  # fmt: skip


def _best(rows: list[dict[str, Any]], names: list[Name], panels: int) -> list[Name]:
    """The units that follow something clearly, and better than in the untrained network; else the first."""
    clear = [row for row in rows if row["p"] <= CHANCE]
    clear.sort(key=lambda row: (row["untrained"] or 0) - abs(row["score"]))
    best = dict.fromkeys((row["layer"], row["gate"], row["unit"]) for row in clear)
    return list(best)[:panels] or [next((n for n in names if n[1] in USUAL), names[0])]


def _title(name: Name, rows: list[dict[str, Any]]) -> str:
    """Which unit it is, and what it follows how well."""
    layer, gate, unit = name
    said = f"layer {layer}, {gate}{'' if gate in PLAIN else ' gate'}, unit {unit}"
    own = [row for row in rows if (row["layer"], row["gate"], row["unit"]) == name and row["p"] <= CHANCE]
    for row in own[:1]:
        said += f" follows {row['feature']}: {abs(row['score']):.2f} (chance {row['chance']:.2f})"
    return said


def _usual_start(pieces: list[str]) -> int:
    """Behind the first half, on which units are chosen, where a line begins; 1 where all of the text fits."""
    if len(_fitting(pieces)) == len(pieces) or len(pieces) < FEWEST:
        return 1
    half = len(pieces) // 2
    return next((t + 1 for t in range(half, len(pieces) - 1) if pieces[t - 1].endswith("\n")), half + 1)


def _fitting(pieces: list[str]) -> list[str]:
    """As many pieces as a panel has room for."""
    most = next((number for row, _, number, _ in wrapped(pieces[: COLUMNS * ROWS]) if row >= ROWS), None)
    return pieces[: COLUMNS * ROWS if most is None else most]
