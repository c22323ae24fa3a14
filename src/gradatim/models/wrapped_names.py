"""Names of weights as wrappers leave them: data-parallel training, torch.compile, averaging."""

from collections.abc import Collection, Mapping

from torch import Tensor

WRAPPERS = {  # a part of a name, and what puts it there
    "module": "data-parallel training or averaging",
    "_orig_mod": "torch.compile",
    "_fsdp_wrapped_module": "sharded training",
    "_checkpoint_wrapped_module": "activation checkpoints",
}
COUNTERS = ("n_averaged",)  # of torch's AveragedModel, beside the weights


def unwrap_names(tensors: Mapping[str, Tensor], own: Collection[str]) -> tuple[dict[str, Tensor], str]:
    """The tensors by the names of a network that is in no wrapper, and a sentence on what was taken off.

    Parts of WRAPPERS go wherever they stand, and then one part that begins every name, such as `model.`; both
    only where the network has no such part of its own. Names that would become equal stay as they are.
    """
    parts = {part for name in own for part in name.split(".")}
    wrappers = [one for one in WRAPPERS if one not in parts]
    names = {name: _without(name, wrappers) for name in tensors}
    found = [one for one in wrappers if any(one in name.split(".") for name in tensors)]
    if "module" in found:
        names = {name: new for name, new in names.items() if name not in COUNTERS or name in own}
    said = [f"{one}. of {WRAPPERS[one]}" for one in found]
    first = {name.partition(".")[0] for name in names.values()}
    if len(first) == 1 and all("." in name for name in names.values()):
        (prefix,) = first
        if prefix not in {name.partition(".")[0] for name in own}:
            names = {name: new.removeprefix(f"{prefix}.") for name, new in names.items()}
            said.append(f"{prefix}.")
    if not said or len(set(names.values())) < len(names):
        return dict(tensors), ""
    taken = f"{' and '.join(said)} {'is' if len(said) == 1 else 'are'} taken off the names"
    return {new: tensors[name] for name, new in names.items()}, taken


def _without(name: str, wrappers: Collection[str]) -> str:
    return ".".join(part for part in name.split(".") if part not in wrappers)
