"""Pretraining layer by layer: what can be asked for, what is chosen, and where it cannot be."""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from gradatim.checks import UsageError, known, named_settings, one_of, real, whole
from gradatim.planning.aid import Aid
from gradatim.planning.draft import Draft
from gradatim.planning.loop_choice import loop_class
from gradatim.planning.network_class import network_class
from gradatim.planning.plan import Plan
from gradatim.planning.training_options import Settings
from gradatim.training.loop import Loop
from gradatim.training.training import Training

EPOCHS = 10  # of each layer, where nothing else is asked for
OF_LAYERS = ("pretrain_epochs", "pretrain_lr")
TAKES: dict[str, dict[str, Any]] = {  # what each kind of pretraining can be told, and its default
    "rbm": {"k": 1, "momentum": 0.5, "persistent": False},
    "autoencoder": {},
    "denoising": {"noise": 0.3, "corruption": "masking"},
    "supervised": {},
}
WORDS = {
    "rbm": "contrastive divergence", "autoencoder": "autoencoders with temporary decoders",
    "denoising": "denoising autoencoders with temporary decoders",
    "supervised": "the labels with a temporary output layer",
}  # fmt: skip


OF_AUTOENCODER = {
    "rbm": "by contrastive divergence, unrolled into the decoder's; hence sigmoid units, and Bernoulli "
    "pictures, unless asked otherwise",
    "autoencoder": "together with the decoder's opposite to it",
    "denoising": "from inputs with noise, together with the decoder's opposite to it",
}
RATES = {
    "rbm": "0.1 of binary units, 0.01 of Gaussian ones, 0.001 of rectified ones",
    "supervised": "that of the run",
}  # where nothing else is asked for; 0.001 of the others


def pretraining_settings(text: str | None) -> tuple[str, dict[str, Any]]:
    """The kind in `NAME:key=value,key=value`, and what it is told; an empty name for None.

    >>> pretraining_settings("rbm:k=5"), pretraining_settings(None)
    (('rbm', {'k': 5}), ('', {}))

    Raises UsageError for a kind, a setting or a value that cannot be.
    """
    if text is None:
        return "", {}
    if not isinstance(text, str):
        raise UsageError(f"pretrain must be a name in the settings, such as rbm; it is {text!r}")
    name, _, given = text.partition(":")
    takes = TAKES[known("kind of pretraining", name, TAKES)]
    return name, named_settings(name, given, takes, _checked)


def _checked(key: str, text: str) -> Any:
    """The value of a setting; UsageError for one that cannot be."""
    if key == "corruption":
        return one_of("corruption", text, ("gaussian", "masking", "salt_and_pepper"))
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    if key == "k":
        return whole("k", value, 1)
    if key == "persistent":
        return one_of("persistent", text, ("true", "false")) == "true"
    return real(key, value, at_least=0, below=1)


class LayerPretraining(Aid):
    """`--pretrain KIND`: each hidden layer learns first, alone, and then the whole network."""

    def usual_loss(self, draft: Draft) -> Any:
        """Bernoulli of pictures, whose machine has binary units."""
        binary = getattr(draft.train, "is_pictures", False) and _unrolls(draft.settings, draft.model)
        return "multilabel" if binary else None

    def is_for_one(self, draft: Draft) -> bool:
        """Whether it is asked for: the layers of one network are pretrained."""
        return draft.settings.pretrain is not None

    def check(self, draft: Draft) -> None:
        """Raise UsageError where pretraining is asked for and cannot be."""
        settings, model = draft.settings, draft.named
        if settings.pretrain is None:
            _refuse_settings(settings, model)
            return
        name = model.get("name") if isinstance(model, Mapping) else model
        if name == "ensemble" or (settings.members or 1) > 1:
            raise UsageError(
                "--pretrain is for one network, and an ensemble has several: leave out --model ensemble and "
                "--members"
            )
        if loop_class(model) is not Training and not has_opposite_layers(model):
            raise UsageError(
                "--pretrain is for a stack of layers, such as mlp, and for autoencoder, which is dense; "
                f"{name} has its own way to learn: leave out --pretrain, or take another --model"
            )
        if not draft.problem.reads_target and pretraining_settings(settings.pretrain)[0] == "supervised":
            raise UsageError("supervised pretraining needs labels; autoencoder, denoising and rbm need none")
        if settings.engine == "numpy":
            raise UsageError("--pretrain is for the torch engine: leave out --engine numpy")
        if settings.time_budget is not None:
            raise UsageError("--pretrain and --time-budget cannot be together: leave one of them out")

    def complete(self, draft: Draft) -> None:
        """How long and how fast layers learn, on the torch engine."""
        settings = draft.settings
        if settings.pretrain is None:
            return
        name, _ = pretraining_settings(settings.pretrain)
        how = f"each hidden layer learns first, by {WORDS[name]}"
        if has_opposite_layers(draft.named):
            how = f"each layer of the encoder learns first, {OF_AUTOENCODER[name]}"
        said = {"pretrain": f"{settings.pretrain}: {how}"}
        if settings.pretrain_epochs is None:
            settings = replace(settings, pretrain_epochs=EPOCHS)
            said["pretrain_epochs"] = f"{EPOCHS}: the default for each layer"
        if settings.pretrain_lr is None:
            said["pretrain_lr"] = f"{RATES.get(name, '0.001')}: the default for {name}"
        if settings.engine == "auto":
            settings = replace(settings, engine="torch")
            said["engine"] = "torch: layers are pretrained on it"
        if "members" in draft.choices:
            said["members"] = "1: the layers of one network are pretrained"
        draft.settings, draft.choices = settings, draft.choices | said

    def reads_units(self, draft: Draft) -> bool:
        """Binary units read numbers between 0 and 1."""
        return draft.settings.pretrain is not None

    def arguments(self, draft: Draft, asked: Collection[str]) -> dict[str, Any]:
        """Machines of an autoencoder have sigmoid units."""
        free = "activation" not in asked and _unrolls(draft.settings, draft.named)
        return {"activation": "sigmoid"} if free else {}

    def loop(self, plan: Plan, parts: tuple[Any, Any], settings: dict[str, Any]) -> Loop | None:
        """Each hidden layer's learning, then that of the whole."""
        if plan.settings.pretrain is None:
            return None
        from gradatim.unsupervised.autoencoder_pretraining import AutoencoderPretraining
        from gradatim.unsupervised.pretraining import Pretraining

        way = AutoencoderPretraining if has_opposite_layers(plan.trained.network) else Pretraining
        kind, how = pretraining_settings(plan.settings.pretrain)
        train, valid = parts
        return way(
            plan.trained.model, train, plan.loss, kind=kind, how=how, valid=valid,
            pretrain_epochs=plan.settings.pretrain_epochs or 1, pretrain_lr=plan.settings.pretrain_lr,
            **settings,
        )  # fmt: skip


def _refuse_settings(settings: Settings, model: Any) -> None:
    """Raise UsageError for settings of layers where no layer learns by itself."""
    asked = next((name for name in OF_LAYERS if getattr(settings, name) is not None), None)
    if asked and not getattr(loop_class(model), "in_stages", False):
        option = asked.replace("_", "-")
        raise UsageError(f"--{option} is for --pretrain, such as --pretrain rbm, which is not given")


def has_opposite_layers(model: Any) -> bool:
    """Whether a network is an autoencoder whose layers learn in pairs, one up and the opposite one down."""
    return hasattr(network_class(model), "decoder_layer")


def _unrolls(settings: Settings, model: Any) -> bool:
    """Whether machines become an autoencoder."""
    return pretraining_settings(settings.pretrain)[0] == "rbm" and has_opposite_layers(model)
