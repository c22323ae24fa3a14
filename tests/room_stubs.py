"""What `__init__.pyi` of each room holds, for editors and type checkers; run as a program, this writes it."""

import inspect
from importlib import import_module
from pathlib import Path

from gradatim import catalog
from gradatim.catalog.source_code import source_of
from gradatim.rooms import public_names

ROOMS = (
    "by_hand", "data", "decoding", "estimators", "functional", "models", "multitask", "nn", "optim",
    "problems", "transfer", "unsupervised",
)  # fmt: skip

TENSORS = {"functional": ["from torch import Tensor"], "models": ["from torch.nn import Module"]}


def stub_of(room: str) -> tuple[Path, str]:
    """The file, and what it should hold."""
    module = import_module(f"gradatim.{room}")
    imports, functions = set(), []
    for name, (home, row) in sorted(public_names(module).items()):
        if row:
            functions.append(_function(name, home))
            continue
        where, _, attribute = home.partition(":")
        imports.add(f"from {where} import {attribute} as {name}")
    needed = ["from typing import Any"] if functions else []
    needed += TENSORS.get(room, [])
    parts = [f'"""{inspect.getdoc(module)}"""', "\n".join([*needed, *sorted(imports)]), "\n".join(functions)]
    return Path(module.__file__).with_suffix(".pyi"), "\n\n".join(filter(None, parts)) + "\n"


def _function(name: str, home: str) -> str:
    """A loss or a network as a function of its settings."""
    kind = "loss" if home.startswith("gradatim.functional") else "network"
    takes = [
        f"{one.name}: Any" + (f" = {one.default}" if one.default is not None else "")
        for one in source_of(catalog.find(name, kind).home).parameters
        if one.name not in ("name", "z")
    ]
    if kind == "network":
        needed = [one for one in takes if "=" not in one]
        parts = ["*", *needed, *(one for one in takes if one not in needed), "seed: int = 0"]
        return f"def {name}({', '.join(parts)}) -> Module: ..."
    parts = ["a: Tensor", "y: Tensor", "w: Tensor | None = None", *(["*", *takes] if takes else [])]
    return f"def {name}({', '.join(parts)}) -> Tensor: ..."


if __name__ == "__main__":
    for room in ROOMS:
        path, text = stub_of(room)
        path.write_text(text, encoding="utf-8")
