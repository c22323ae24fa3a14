"""Adapting to another domain: what can be asked for, what is chosen, and where it cannot be."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gradatim.checks import UsageError, known, named_settings, one_of, real, whole
from gradatim.planning.aid import Aid
from gradatim.planning.draft import Draft
from gradatim.planning.fine_tuning import first_option
from gradatim.planning.loop_choice import loop_class
from gradatim.planning.plan import Plan
from gradatim.runs.asking import dtype_of
from gradatim.training.loop import Loop
from gradatim.training.training import Training

USUAL, AUTO = "dann", "auto"
OF_ALL: dict[str, Any] = {"weight": 1.0, "gamma": 10.0, "norms": "together"}
# At a weight of 1, the paper's, Adam moves the features faster than the domain classifier learns:
# docs/log/transfer.md, "DANN with Adam can leave its domain classifier behind"
OF_ADVERSARIES: dict[str, Any] = OF_ALL | {"weight": 0.1, "hidden": 100}
TAKES: dict[str, dict[str, Any]] = {  # what each way can be told, and its default
    "dann": OF_ADVERSARIES,
    "cdan": OF_ADVERSARIES,
    "coral": OF_ALL,
    "mmd": OF_ALL,
    "none": {},
    AUTO: {},
}
WORDS = {
    "dann": "a classifier of domains is misled by the features (Ganin et al. 2016)",
    "cdan": "a classifier of domains is misled by features and classes (Long et al. 2018)",
    "coral": "the covariances of the features are drawn together (Sun & Saenko 2016)",
    "mmd": "the means of the features in several kernels' spaces are drawn together (Long et al. 2015)",
    AUTO: "the best by reverse validation (Zhong et al. 2010), which needs no labels of the target",
    "none": "from the source alone, and measured on the other domain",
}
OF_PICTURES = "small_cnn"  # what pictures of two domains are learned with where nothing else is asked for


def adaptation_settings(text: str | None) -> tuple[str, dict[str, Any]]:
    """The way in `NAME:key=value,key=value`, and what it is told; the usual one for None.

    >>> adaptation_settings("coral:weight=10"), adaptation_settings(None)
    (('coral', {'weight': 10.0}), ('dann', {}))

    Raises UsageError for a way, a setting or a value that cannot be.
    """
    name, _, given = (USUAL if text is None else str(text)).partition(":")
    takes = TAKES[known("adaptation", name, TAKES)]
    return name, named_settings(name, given, takes, _checked)


def _checked(key: str, text: str) -> Any:
    """The value of a setting; UsageError for one that cannot be."""
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    if key == "norms":
        from gradatim.transfer.adaptation import NORMS

        return one_of(key, text, NORMS)
    if key == "hidden":
        return whole("hidden", value, 0)
    return real(key, value, **({"above": 0} if key == "gamma" else {"at_least": 0}))


class Adaptation(Aid):
    """`--adapt-to DATA`: the network learns to answer in another domain, whose labels it does not see."""

    def usual_model(self, draft: Draft) -> Any:
        """For pictures of two domains a small convolutional network."""
        pictures = draft.data.domain is not None and getattr(draft.train, "is_pictures", False)
        return OF_PICTURES if pictures else None

    def is_for_one(self, draft: Draft) -> bool:
        """Whether there is a domain: one network is adapted."""
        return draft.data.domain is not None

    def check(self, draft: Draft) -> None:
        """Raise UsageError where adapting is asked for and cannot be."""
        settings, model = draft.settings, draft.named
        if draft.data.domain is None:
            if settings.adaptation is not None:
                raise UsageError(
                    "--adaptation needs the domain to adapt to: --adapt-to FILE, or a name such as usps"
                )
            return
        adaptation_settings(settings.adaptation)
        name = model.get("name") if isinstance(model, Mapping) else model
        if name == "ensemble" or (settings.members or 1) > 1:
            raise UsageError("--adapt-to is for one network: leave out --model ensemble and --members")
        if loop_class(model) is not Training:
            raise UsageError(
                f"--adapt-to is for networks that learn from labels; {name} has its own way to learn"
            )
        for option in ("pretrain", "time_budget"):
            if getattr(settings, option) is not None:
                raise UsageError(f"--adapt-to and --{option.replace('_', '-')} cannot be together")
        if settings.engine == "numpy":
            raise UsageError("--adapt-to is for the torch engine: leave out --engine numpy")

    def complete(self, draft: Draft) -> None:
        """The way of adapting, and the last epoch's network, on the torch engine."""
        if draft.data.domain is None:
            return
        settings, choices = draft.settings, draft.choices
        name, _ = adaptation_settings(settings.adaptation)
        said = {"adaptation": f"{settings.adaptation or name}: {WORDS[name]}"}
        if settings.keep is None or "keep" in choices:
            settings = replace(settings, keep="last")
            said["keep"] = "last: labels of the source do not tell which epoch is best for the other domain"
        if "patience" in choices:
            settings = replace(settings, patience=None)
            choices = {key: value for key, value in choices.items() if key != "patience"}
        if settings.engine == "auto":
            said["engine"] = "torch: two domains are learned from on it"
        draft.settings = replace(settings, adaptation=settings.adaptation or name, engine="torch")
        draft.choices = choices | said

    def reads_units(self, draft: Draft) -> bool:
        """What never varies in the pictures of one domain may in the other's."""
        return draft.data.domain is not None

    def loop(self, plan: Plan, parts: tuple[Any, Any], settings: dict[str, Any]) -> Loop | None:
        """The loop that adapts; UsageError where layers should be frozen or slowed besides."""
        if plan.data.domain is None:
            return None
        if option := first_option(plan.settings):
            raise UsageError(f"{option} does not go with --adapt-to: leave one of them out")
        how = plan.settings.adaptation or ""
        return adapting_loop(plan.trained.model, parts, target_of(plan), plan.loss, settings, how)


def target_of(plan: Plan) -> Any:
    """The examples of the domain to adapt to as the network sees them, without labels."""
    assert plan.data.domain is not None
    unlabelled = plan.data.domain.train
    return plan.trained.encoder.inputs(unlabelled, dtype_of(plan.trained))


def adapting_loop(
    model: Any, parts: tuple[Any, Any], target: Any, loss: Any, settings: dict[str, Any], asked: str
) -> Any:  # fmt: skip
    """The loop that adapts a network; Training of the source where no adaptation is asked for."""
    kind, how = adaptation_settings(asked)
    train, valid = parts
    if kind == "none":
        return Training(model, train, loss, valid=valid, **settings)
    from gradatim.transfer.adversarial import KINDS, DomainAdversarial
    from gradatim.transfer.alignment import DomainAlignment

    way: Any = DomainAdversarial if kind in KINDS else DomainAlignment
    how = {**TAKES[kind], **how}
    return way(model, train, target, loss, kind=kind, valid=valid, **how, **settings)
