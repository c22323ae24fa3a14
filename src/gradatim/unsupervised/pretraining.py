"""Greedy layer-wise pretraining: each hidden block of a stack is taught in turn, then the whole network."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import nn

from gradatim.checks import UsageError, known, real, whole
from gradatim.data.dataset import Dataset
from gradatim.data.examples import as_examples
from gradatim.nn.corruption import Corruption
from gradatim.nn.gaussian_rbm import GaussianRBM
from gradatim.nn.rbm import RBM
from gradatim.random import generator
from gradatim.training.batches.torch_rows import tensor_of
from gradatim.training.loop import Loop
from gradatim.training.staged import Stage, Staged
from gradatim.training.training import Training
from gradatim.unsupervised.block_networks import (
    BlockWithDecoder,
    BlockWithOutput,
    bernoulli,
    squared_error,
)
from gradatim.unsupervised.blocks import Block, blocks_of, inputs_of
from gradatim.unsupervised.gaussian import GaussianContrastiveDivergence
from gradatim.unsupervised.rbm import ContrastiveDivergence

KINDS = ("rbm", "autoencoder", "denoising", "supervised")
RATE = 1e-3  # of Adam, which teaches autoencoders
RATES = {"bernoulli": 0.1, "gaussian": 0.01, "relu": 0.001}  # of machines, by their units
SHARED = ("batch_size", "device", "precision")  # settings of the run that every stage takes
OF_LABELS = (  # settings of the run that a stage with labels takes too
    "class_weight", "label_smoothing", "pos_weight", "l1", "l2", "weight_decay", "clip_norm", "clip_value",
)  # fmt: skip


class Pretraining(Staged):
    """Greedy layer-wise pretraining (Hinton et al. 2006; Bengio et al. 2007), then training of the whole.

        for l = 1 … L − 1:   h_{l−1} = what the finished blocks say of the examples, in evaluation mode
                             block l learns from h_{l−1}, and stays as it is while the next ones learn
        then all learn together by `Training`

    A block is a dense layer or a convolution with the normalisation, activation and pooling behind it. How
    one learns: `rbm`, as the machine of its weights, by contrastive divergence: units in [0, 1] are
    Bernoulli, others Gaussian, whose σ are folded into the weights at the end of the stage; ReLU stands for
    rectified hidden units (Nair & Hinton 2010), which are centred. `autoencoder` and `denoising` (Vincent et
    al. 2010), with a temporary decoder: cross-entropy of inputs in [0, 1], squared error of others.
    `supervised` (Bengio et al. 2007), with a temporary output layer on the labels. The examples of each stage
    are held in memory.

    Parameters: `model`, a stack of torch, trained in place; `data`, `valid`, `loss`, and `settings` as
    Training takes them, of the last stage; `pretrain_epochs` of each stage before, `pretrain_lr` (0.1 of a
    machine of binary units, 0.01 of Gaussian, 0.001 of rectified ones, 0.001 of the others when None), and
    `how`: k, momentum and persistent of `rbm`, noise and corruption, as of `Corruption`, of `denoising`.

    Raises UsageError for a network that is no stack or has no hidden layer, for examples that are not held in
    memory or have no labels where those are needed, and for a block that cannot be taught so.

    >>> from gradatim.models.building import build
    >>> network = build({"name": "mlp", "in_features": 2, "out_features": 2, "hidden": [3]})
    >>> x, y = np.random.default_rng(0).random((40, 2), np.float32), np.arange(40) % 2
    >>> loop = Pretraining(network, (x, y), kind="denoising", pretrain_epochs=2, epochs=1)
    >>> [record.stage for record in loop]
    ['layer 1 of 1', 'layer 1 of 1', '']
    """

    def __init__(
        self, model: nn.Module, data: Any, loss: Any = "cross_entropy", *, kind: str,
        pretrain_epochs: int = 10, pretrain_lr: float | None = None, how: Mapping[str, Any] | None = None,
        valid: Any = None,
        epochs: int = 20, max_minutes: float | None = None, **settings: Any,
    ):  # fmt: skip
        self.kind = known("kind of pretraining", kind, KINDS)
        self.pretrain_epochs = whole("pretrain_epochs", pretrain_epochs, 1)
        self.pretrain_lr = None if pretrain_lr is None else real("pretrain_lr", pretrain_lr, above=0)
        self.how = dict(how or {})
        self.loss, self.settings = loss, {"seed": 0, "batch_size": 32, **settings}
        self.hidden, self.output = self._blocks(model)
        self._check_blocks()
        self.data: Dataset | None = _rows(data)
        self.valid = None if valid is None else _rows(valid)
        if kind == "supervised" and self.data.y is None:
            raise UsageError("supervised pretraining needs labels; autoencoder, denoising and rbm need none")
        how_many = len(self.hidden)
        stages = [self._stage(block, how_many) for block in self.hidden]
        super().__init__(model, [*stages, Stage("fine-tuning", self._last)], epochs, max_minutes)
        self.machine: RBM | None = None  # of the stage under way
        self._last()  # so that what it refuses is refused before anything is learned
        self.begin_stage()

    def _blocks(self, model: nn.Module) -> tuple[list[Block], Block]:
        """What learns block after block, and the output."""
        return blocks_of(model)

    @property
    def seed(self) -> int:
        """Of the run."""
        return int(self.settings["seed"])

    def _stage(self, block: Block, many: int) -> Stage:
        name = f"layer {block.number} of {many}"
        if self.kind == "rbm":
            return Stage(name, lambda: self._machine(block), lambda: self._fold(block))
        if self.kind == "supervised":
            return Stage(name, lambda: self._labels(block))
        return Stage(name, lambda: self._autoencoder(block))

    def _check_blocks(self) -> None:
        """Raise UsageError for a block that cannot be taught in this way."""
        if self.kind == "supervised" and not self.output.is_dense:
            raise UsageError(
                "supervised pretraining needs a dense output layer; the last one is a convolution"
            )
        for block in self.hidden if self.kind == "rbm" else ():
            if not block.is_dense:
                raise UsageError(
                    "rbm pretrains dense layers only, and this network has a convolution; autoencoder, "
                    "denoising and supervised work with both"
                )
            if not block.activation:
                raise UsageError(
                    f"rbm pretrains layers with sigmoid or relu behind them; layer {block.number} has "
                    "another activation: give activation=sigmoid, or pretrain by autoencoder or denoising"
                )
            if block.weight.bias is None:
                raise UsageError(f"rbm pretrains layers with biases; layer {block.number} has none")

    def _seed_of(self, block: Block) -> int:
        """The run's for the first block, which is taught as it would be alone; of others drawn from it."""
        if block.number == 1:
            return self.seed
        return int(generator(self.seed, f"pretraining {block.number}").integers(2**31))

    def _examples(self, block: Block, part: Dataset | None) -> Dataset | None:
        """What a block reads of examples."""
        if part is None:
            return None
        before = self.hidden[: block.number - 1]
        x = inputs_of(block, before, part.x, self.settings.get("precision", "float32"))
        return replace(part, x=x, columns=())

    def _stage_settings(self, block: Block, lr: float) -> dict[str, Any]:
        """What every loop of a stage takes."""
        own: dict[str, Any] = {name: self.settings[name] for name in SHARED if name in self.settings}
        lr = self.pretrain_lr or lr
        return own | {"epochs": self.pretrain_epochs, "lr": lr, "seed": self._seed_of(block)}

    def _machine(self, block: Block) -> Loop:
        """Contrastive divergence of the machine whose weights and hidden biases are the block's own."""
        data, valid = self._examples(block, self.data), self._examples(block, self.valid)
        assert data is not None
        data = replace(data, x=data.x.reshape(len(data), -1))
        units = self._units(block)
        gaussian = not self._is_bounded(block, data.x)
        hidden, visible = block.weight.weight.shape
        machine = GaussianRBM(visible, hidden, units) if gaussian else RBM(visible, hidden, 0, units)
        machine.weight, machine.hidden_bias = block.weight.weight, block.weight.bias
        machine.draw_parameters(self._seed_of(block), "")
        self.machine = machine
        way: Any = GaussianContrastiveDivergence if gaussian else ContrastiveDivergence
        rate = RATES["gaussian" if gaussian and units == "bernoulli" else units]
        how = self.how if units == "bernoulli" else {"centred": True, **self.how}
        return way(machine, data, valid=valid, **self._stage_settings(block, rate), **how)

    def _units(self, block: Block) -> str:
        """The kind of a machine's hidden units."""
        return "relu" if block.activation == "relu" else "bernoulli"

    def _is_bounded(self, block: Block, x: np.ndarray) -> bool:
        """Whether a block's inputs are in [0, 1] whatever the example: of the first, those at hand."""
        if block.number == 1:
            return bool(x.min() >= 0 and x.max() <= 1)
        return self.hidden[block.number - 2].gives_shares

    @torch.no_grad()
    def _fold(self, block: Block) -> None:
        """W ← W/σ, so that the block reads the inputs themselves."""
        if isinstance(self.machine, GaussianRBM):
            self.machine.weight.div_(self.machine.sigma)
        self.machine = None

    def _autoencoder(self, block: Block) -> Loop:
        """Training of the block with a temporary decoder."""
        parts = [self._examples(block, part) for part in (self.data, self.valid)]
        assert parts[0] is not None
        x = parts[0].x
        noise: nn.Module = nn.Identity()
        if self.kind == "denoising":
            noise = Corruption(self.how.get("corruption", "masking"), self.how.get("noise", 0.3))
        bounded = self._is_bounded(block, x)
        network = self._with_decoder(block, x[:1], noise, bounded)
        loss = bernoulli if bounded else squared_error
        again = [None if part is None else replace(part, y=part.x.reshape(len(part), -1)) for part in parts]
        return Training(network, again[0], loss, valid=again[1], **self._stage_settings(block, RATE))

    def _with_decoder(self, block: Block, x: np.ndarray, noise: nn.Module, bounded: bool) -> nn.Module:
        """The network that teaches a block to say examples like x again."""
        return BlockWithDecoder(block, tensor_of(x), noise, self._seed_of(block))

    def _labels(self, block: Block) -> Loop:
        """Training of the block with a temporary output layer, as the run trains the whole network."""
        data, valid = self._examples(block, self.data), self._examples(block, self.valid)
        assert data is not None
        outputs = self.output.weight.weight.shape[0]
        network = BlockWithOutput(block, tensor_of(data.x[:1]), outputs, self._seed_of(block))
        optimizer = self.settings.get("optimizer", "adam")
        steps = isinstance(optimizer, str) and optimizer != "lbfgs"
        taken = (*OF_LABELS, "optimizer", "settings") if steps else OF_LABELS
        own = {name: self.settings[name] for name in taken if name in self.settings}
        lr = (self.settings.get("lr") if steps else None) or RATE
        return Training(network, data, self.loss, valid=valid, **{**own, **self._stage_settings(block, lr)})

    def _last(self) -> Loop:
        """Training of the whole network."""
        return Training(
            self.whole, self.data, self.loss, valid=self.valid, epochs=self.epochs, **self.settings
        )

    def end(self) -> None:
        """Let go of the examples, too."""
        super().end()
        self.data = self.valid = None


def _rows(data: Any) -> Dataset:
    examples = as_examples(data)
    if not isinstance(examples, Dataset) or not isinstance(examples.x, np.ndarray):
        raise UsageError("pretraining learns from rows of numbers in memory, which are one dense array")
    return examples
