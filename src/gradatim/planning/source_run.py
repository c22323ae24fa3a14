"""Another run to begin with: its network and its weights, as they are or grown (curriculum G1, G6)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

from gradatim.checks import GradatimError, UsageError, unknown_argument
from gradatim.data.encoders.encoder import Encoder
from gradatim.models.description import parameters_of, row_of
from gradatim.planning.aid import Aid
from gradatim.planning.draft import Draft
from gradatim.planning.source_encoder import encoder_for
from gradatim.planning.training_options import OF_NETWORK, Settings
from gradatim.planning.weights_of_file import ONLY_TORCH
from gradatim.problems.problem import Problem
from gradatim.runs.folder import find
from gradatim.runs.trained import Trained, load_trained

CARRIED = ("numbers", "text_units")  # settings by which a run's examples were encoded
SHOWN = 3  # layers that do not fit, in a sentence


@dataclass(frozen=True)
class SourceRun(Aid):
    """A run whose network another begins with: where it is, what it learned, its weights by name.

    `entry` describes the network, with more units than the run's where it has `grown` by these arguments.
    """

    path: Path
    trained: Trained
    settings: dict[str, Any]
    entry: dict[str, Any]
    tensors: dict[str, Any]
    digest: str
    grown: dict[str, Any]

    only_torch: ClassVar[str] = ONLY_TORCH

    def stands_in(
        self, model: Any, network: Mapping[str, Any] | None, settings: Settings
    ) -> tuple[Any, Mapping[str, Any] | None, Settings]:
        """The run's network, and the settings by which it encoded its examples, where they are left open."""
        known = self.settings
        open_ = {name: known[name] for name in CARRIED if getattr(settings, name) is None and known.get(name)}
        return self.entry, {} if self.grown else network, replace(settings, **open_)

    def encoder_for(self, examples: Any) -> Encoder:
        """How new examples are encoded; UsageError for those that the network cannot be shown."""
        return encoder_for(self.trained, examples, str(self.path))

    def entry_for(self, draft: Draft) -> dict[str, Any]:
        """The network's description for another problem; what is asked for besides changes arguments that no
        weight depends on, such as dropout.
        """
        from gradatim.models.heads import outputs_in, with_outputs

        asked = {} if self.grown else changed(self.entry, draft.network, draft.settings)
        entry = {**self.entry, **asked}
        head = draft.problem.head(draft.size)
        if head.outputs and outputs_in(entry) != head.outputs:
            entry = with_outputs(entry, head.outputs)
        return entry

    def begin(self, draft: Draft) -> None:
        """Set the weights of the network, and say where they came from and what stays as it was drawn."""
        if draft.entry is not None:
            said = self.set_weights(draft.made, draft.entry, draft.problem)
            draft.choices = draft.choices | {"weights": said}

    def set_weights(self, network: Any, entry: dict[str, Any], problem: Problem) -> str:
        """Set the run's, the head too where the answers are the same.

        Raises UsageError naming the layers that the weights do not fit.
        """
        from gradatim.models.heads import head_of, outputs_in

        own = network.state_dict()
        given = _renumbered(self.tensors, own)
        before = self.trained.problem
        same = before.task == problem.task and before.names == problem.names
        head = () if same else head_of(entry, outputs_in(entry) or 1)
        drawn = [name for name in own if name in head]
        given = {name: tensor for name, tensor in given.items() if name not in drawn}
        _check_fit(given, {name: t for name, t in own.items() if name not in drawn}, str(self.path))
        kept = {name: tensor.to(own[name].dtype) for name, tensor in given.items()}
        network.load_state_dict(kept | {name: own[name] for name in drawn})
        grown = f", grown to {_in_words(self.grown)}" if self.grown else ""
        said = f"those of {self.path} ({self.trained.name}{grown})"
        if not drawn:
            return f"{said}, the head too: the answers are the same"
        return f"{said}; the head is drawn anew ({', '.join(drawn)}), as the answers are others"

    def record(self) -> dict[str, Any]:
        """Where it is, and which weights it had."""
        grown = {"grow": self.grown} if self.grown else {}
        return {"from": {"run": str(self.path.resolve()), "weights": self.digest, **grown}}


def changed(entry: Mapping[str, Any], network: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """The arguments that are asked for beside a description's; UsageError for one that it does not take."""
    takes = parameters_of(row_of(dict(entry)).load())
    set_ = {name: getattr(settings, name) for name in OF_NETWORK if getattr(settings, name) is not None}
    if "hidden_size" in takes and "hidden" in set_:
        sizes = set_.pop("hidden")
        if len(set(sizes)) > 1:
            raise UsageError(
                f"the layers of {entry['name']} have equally many units; hidden is {list(sizes)}"
            )
        set_ |= {"hidden_size": sizes[0], "num_layers": len(sizes)}
    found = {**set_, **network}
    for name in found:
        if name not in takes:
            raise unknown_argument(entry["name"], name, takes)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def read_source(
    run: Any, grow: bool = False, network: Mapping[str, Any] | None = None, settings: Settings | None = None
) -> SourceRun:
    """The run to begin with, by its folder, its name under `runs/`, as a Run, or as config.json has it.

    With `grow`, its network with the arguments in `network` and the settings, its function kept: Net2Net.
    Raises UsageError for a run that cannot be begun with, GradatimError where its weights have changed since
    a config.json was written.
    """
    known = run if isinstance(run, Mapping) else {}
    folder = find(known.get("run", run) if known else run)
    trained = load_trained(folder)
    if trained.network is None:
        raise UsageError(
            f"{folder} has a network of your own class: give it in Python, model=gradatim.load(…).model"
        )
    if trained.name == "ensemble":
        raise UsageError(f"{folder} has several networks that answer together; begin with a run of one")
    module = trained.module()
    tensors = {name: tensor.detach().cpu().clone() for name, tensor in module.state_dict().items()}
    digest = fingerprint(tensors)
    if known and known.get("weights") not in (None, digest):
        raise GradatimError(
            f"the weights of {folder} have changed since the configuration was written: name the run to "
            "begin with by --from"
        )
    asked = known.get("grow") or (
        changed(trained.network, network or {}, settings or Settings()) if grow else {}
    )
    if grow and not asked:
        raise UsageError("--grow needs the sizes to grow to, such as hidden=256,256")
    source = SourceRun(
        folder.path, trained, folder.read_config()["settings"], dict(trained.network), tensors, digest, {}
    )
    return _grown(source, asked) if asked else source


def _grown(source: SourceRun, asked: dict[str, Any]) -> SourceRun:
    """The source with more units, or more layers, that compute what it computed."""
    from gradatim.models.building import build
    from gradatim.transfer.net2net import grow

    entry, old = {**source.entry, **asked}, source.trained.module()
    module = build(entry, dtype=next(old.parameters()).dtype)
    grow(old, module, source.settings.get("seed") or 0)
    tensors = {name: tensor.detach().clone() for name, tensor in module.state_dict().items()}
    return replace(source, entry=entry, tensors=tensors, grown=asked)


def fingerprint(tensors: Mapping[str, Any]) -> str:
    """SHA-256 of tensors by name."""
    found = sha256()
    for name in sorted(tensors):
        found.update(f"{name} {tuple(tensors[name].shape)}\n".encode())
        found.update(tensors[name].contiguous().numpy().tobytes())
    return found.hexdigest()


def _renumbered(tensors: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The tensors of a stack by the numbers of another, which has more or fewer layers without weights."""
    names = [list(dict.fromkeys(n.partition(".")[0] for n in some)) for some in (tensors, own)]
    numbered = all(one.isdecimal() for one in (*names[0], *names[1]))
    if not numbered or names[0] == names[1] or len(names[0]) != len(names[1]):
        return dict(tensors)
    places = dict(zip(*names, strict=True))
    return {
        f"{places[name.partition('.')[0]]}.{name.partition('.')[2]}": tensor
        for name, tensor in tensors.items()
    }


def _check_fit(given: Mapping[str, Any], own: Mapping[str, Any], where: str) -> None:
    """Raise UsageError naming the layers that the weights do not fit, with both shapes."""
    odd = [
        f"{name} is {_shape(given.get(name))} there and {_shape(own.get(name))} here"
        for name in dict.fromkeys((*own, *given))
        if name not in own or name not in given or given[name].shape != own[name].shape
    ]
    if odd:
        more = f", and {len(odd) - SHOWN} more" if len(odd) > SHOWN else ""
        raise UsageError(f"the weights of {where} do not fit this network: {', '.join(odd[:SHOWN])}{more}")


def _shape(tensor: Any) -> str:
    return "missing" if tensor is None else str(tuple(tensor.shape))


def _in_words(arguments: Mapping[str, Any]) -> str:
    return " ".join(
        f"{name}={','.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in arguments.items()
    )
