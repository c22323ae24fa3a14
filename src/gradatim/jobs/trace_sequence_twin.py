"""A network of texts or sequences as its twin by hand: symbols one-hot, cells over the steps, scores."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.jobs.trace_torch_layers import entry_of
from gradatim.models.char_lm import CharLM
from gradatim.models.sequence_classifier import SequenceClassifier
from gradatim.models.tagger import Tagger
from gradatim.models.word_tagger import WordTagger
from gradatim.nn.coupled_lstm import CoupledLSTM
from gradatim.nn.gru import GRU
from gradatim.nn.lstm import LSTM
from gradatim.nn.rnn import RNN
from gradatim.runs.trained import Trained

COUPLED = "coupled_lstm"
CELLS = {LSTM: "lstm", GRU: "gru", RNN: "rnn", CoupledLSTM: COUPLED}  # with twins by hand
USUAL = {"reset": "after", "nonlinearity": "tanh"}  # what a twin has to know where it is another
LAYER = re.compile(r"_l(\d+)(_reverse)?$")  # behind the name of a cell's parameter


class Row:
    """Layers one behind the other, and what torch calls each of their parameters."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.names: dict[str, str] = {}

    def dense(self, place: str, module: Any) -> None:
        """A dense layer; of one-hot symbols it is their table of vectors."""
        sizes = {"in_features": module.in_features, "out_features": module.out_features}
        own = {name: name for name, _ in module.named_parameters()}
        self._add({"name": "dense", **sizes, "bias": "bias" in own}, place, own)

    def dropout(self, p: float) -> None:
        """Dropout, where anything is dropped."""
        if p:
            self.entries.append({"name": "dropout", "p": p})

    def cells(self, place: str, module: Any) -> None:
        """Every layer of cells, in one direction or in both; UsageError for cells without a twin by hand."""
        kind, width = CELLS.get(type(module), ""), module.input_size
        more = {name: getattr(module, name) for name, usual in USUAL.items() if _differs(module, name, usual)}
        if not kind or (more and module.bidirectional) or (kind == COUPLED and module.bidirectional):
            ways = " in both directions" if module.bidirectional and kind else ""
            said = "".join(f", {name} {value}" for name, value in more.items())
            raise UsageError(
                f"{type(module).__name__} ({place}{said}){ways} has no twin by hand, which a trace needs"
            )
        for layer in range(module.num_layers):
            if layer:
                self.dropout(module.dropout)
            sizes = {"input_size": width, "hidden_size": module.hidden_size, "bias": module.bias}
            entry = {"name": kind, **sizes, **more}
            if module.bidirectional:
                entry = {"name": "bidirectional", "cell": kind, **sizes, **more}
            found = ((name, LAYER.search(name)) for name, _ in module.named_parameters())
            own = {LAYER.sub(r"_l0\2", name): name for name, at in found if at and int(at[1]) == layer}
            self._add(entry, place, own)
            width = module.hidden_size * (2 if module.bidirectional else 1)

    def _add(self, entry: dict[str, Any], place: str, own: dict[str, str]) -> None:
        at = len(self.entries)
        self.names |= {f"{at}.{mine}": f"{place}.{theirs}" for mine, theirs in own.items()}
        self.entries.append(entry)


def sequence_twin(trained: Trained, x: np.ndarray) -> tuple[Network, dict[str, str]]:
    """The twin in float64 of a run's network for one sequence, and what torch calls its parameters.

    x (T, 1, D) is the sequence as the twin reads it, symbols one-hot. Raises UsageError for a network without
    a twin by hand, which says what of it has none.
    """
    model = trained.model
    make = MAKERS.get(type(model))
    if make is None:
        raise UsageError(_without_twin(trained))
    row = Row()
    make(row, model)
    network = Network(row.entries, None, np.float64)
    state = {name: value.cpu().numpy() for name, value in model.state_dict().items()}
    network.load_state_dict({mine: state[theirs] for mine, theirs in row.names.items()})
    found, wanted = network.forward(x)[:, 0], _answer(model, x)
    if found.shape != wanted.shape or not np.allclose(
        found, wanted, rtol=1e-3, atol=1e-3 * abs(wanted).max()
    ):
        raise UsageError(f"{trained.name} answers otherwise than its twin by hand, which a trace needs")
    return network, row.names


def _differs(module: Any, name: str, usual: str) -> bool:
    return getattr(module, name, usual) != usual


def _answer(model: Any, x: np.ndarray) -> np.ndarray:
    """What the torch network answers to the sequence."""
    first = next(model.parameters())
    values = torch.from_numpy(x[:, 0]).to(first.device)
    values = values.argmax(1) if model.vocabulary_size is not None else values.to(first.dtype)
    with torch.no_grad():
        if isinstance(model, CharLM):
            return model.eval().scores(values[:, None])[0][:, 0].double().cpu().numpy()
        lengths = torch.tensor([len(x)], device=first.device)
        return model.eval()(values[None], lengths).double().cpu().numpy()


def _char_lm(row: Row, model: Any) -> None:
    if model.embedding is not None:
        row.dense("embedding", model.embedding)
    row.cells(model.place, model.layers)
    row.dropout(model.dropout.p)
    row.dense("head", model.head)


def _encoder(row: Row, encoder: Any) -> None:
    row.dense("encoder.embedding", encoder.embedding)
    row.dropout(encoder.dropout.p)
    row.cells("encoder.recurrent", encoder.recurrent)


def _classifier(row: Row, model: Any) -> None:
    if model.pooling == "attention":
        raise UsageError(
            "attention over the steps has no twin by hand, which a trace needs; poolings last and mean have"
        )
    _encoder(row, model.encoder)
    row.entries.append({"name": "step_pooling", "pooling": model.pooling})
    row.dropout(model.dropout.p)
    row.dense("head", model.head)


def _tagger(row: Row, model: Any) -> None:
    _encoder(row, model.encoder)
    row.dropout(model.dropout.p)
    row.dense("head", model.head)


MAKERS: dict[type, Callable[[Row, Any], None]] = {
    CharLM: _char_lm, SequenceClassifier: _classifier, Tagger: _tagger,
}  # fmt: skip
WITH_TWINS = (LSTM, GRU, nn.LSTM, nn.GRU, nn.RNN, nn.Embedding, nn.Dropout)
HOLDERS = (nn.Sequential, nn.ModuleList, nn.ModuleDict)


def _without_twin(trained: Trained) -> str:
    """Why a network is refused: its first layer without a twin, or that nothing is known of its order."""
    if isinstance(trained.model, WordTagger):
        return (
            "word_tagger has no twin by hand, which a trace needs: train with --model tagger, which reads "
            "words by their vectors alone"
        )
    for name, module in trained.model.named_modules():
        if name and _is_layer(module) and not isinstance(module, WITH_TWINS) and entry_of(module) is None:
            kind = type(module).__name__
            return f"{kind} ({name} of {trained.name}) has no twin by hand, which a trace needs"
    return (
        f"a trace does not know in which order the layers of {trained.name} run; of texts and sequences it "
        "knows char_lm, sequence_classifier and tagger"
    )


def _is_layer(module: nn.Module) -> bool:
    """Whether a module is one layer, even if it is made of several, and no part that a person wrote."""
    library = type(module).__module__.startswith(("gradatim.nn.", "torch.nn."))
    return (library and not isinstance(module, HOLDERS)) or not any(True for _ in module.children())
