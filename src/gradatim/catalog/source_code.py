"""Where a thing of the catalogue is written, and its call, read from the source without importing it."""

import ast
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parents[1]
Written = ast.FunctionDef | ast.ClassDef


class Parameter(NamedTuple):
    """A parameter of a call; `default` is as the source spells it, None where there is none."""

    name: str
    default: str | None


class Source(NamedTuple):
    """A class or function where it stands: module, file, line, docstring, and the parameters of its call."""

    module: str
    path: Path
    line: int
    doc: str
    parameters: list[Parameter]


def source_of(home: str) -> Source:
    """The source of a home, "module:attribute"; what it needs of other modules is read, not imported.

    >>> source_of("gradatim.functional.activations:elu").parameters
    [Parameter(name='z', default=None), Parameter(name='alpha', default='1.0')]
    """
    module, attribute = home.split(":")
    path, tree = _parsed(module)
    written = _defined(tree, attribute)
    if written is None:
        raise LookupError(f"{attribute} is not written in {path}")
    return Source(
        module, path, written.lineno, ast.get_docstring(written) or "", _parameters(module, written)
    )


@lru_cache(maxsize=64)
def _parsed(module: str) -> tuple[Path, ast.Module]:
    path = PACKAGE.joinpath(*module.split(".")[1:]).with_suffix(".py")
    return path, ast.parse(path.read_text(encoding="utf-8"))


def _defined(tree: ast.Module, name: str) -> Written | None:
    found = (node for node in tree.body if isinstance(node, Written) and node.name == name)
    return next(found, None)


def _parameters(module: str, written: Written) -> list[Parameter]:
    if isinstance(written, ast.FunctionDef):
        return _of_function(module, written, 0)
    found = _constructor(module, written)
    if found is not None:
        return _of_function(*found, skip=1)  # but for self
    fields = list(_fields(module, written).values()) if written.decorator_list else []  # of a data class
    return [one for one, _ in sorted(fields, key=lambda field: field[1])]  # keywords come last


def _fields(module: str, written: ast.ClassDef) -> dict[str, tuple[Parameter, bool]]:
    """The fields of a data class by name, those of its bases first, and whether each is given by name only;
    what is a ClassVar is none.
    """
    found: dict[str, tuple[Parameter, bool]] = {}
    for base in written.bases:
        if isinstance(base, ast.Name) and (home := _class(module, base.id)):
            found |= _fields(*home)
    for node in written.body:
        if isinstance(node, ast.AnnAssign) and "ClassVar" not in ast.unparse(node.annotation):
            default, keyword = _default_of(node.value)
            field = _parameter(module, node.target, default)
            found[field.name] = field, keyword
    return found


def _default_of(value: ast.expr | None) -> tuple[ast.expr | None, bool]:
    """The default of a field, `field(default=…)` looked into, and whether it is given by name only."""
    if not (isinstance(value, ast.Call) and ast.unparse(value.func) == "field"):
        return value, False
    given = {one.arg: one.value for one in value.keywords}
    keyword = given.get("kw_only")
    return given.get("default", value), isinstance(keyword, ast.Constant) and keyword.value is True


def _of_function(module: str, function: ast.FunctionDef, skip: int) -> list[Parameter]:
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(named) - len(arguments.defaults)) + list(arguments.defaults)
    pairs = list(zip(named, defaults, strict=True))[skip:]
    pairs += list(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
    return [_parameter(module, argument, default) for argument, default in pairs]


def _parameter(module: str, named: ast.AST, default: ast.expr | None) -> Parameter:
    name = named.arg if isinstance(named, ast.arg) else ast.unparse(named)
    return Parameter(name, None if default is None else ast.unparse(_constant(module, default)))


def _constant(module: str, value: ast.expr) -> ast.expr:
    """What a name stands for, where a module of ours assigns it; otherwise what was given."""
    if isinstance(value, ast.Name):
        for node in _parsed(module)[1].body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == value.id:
                return node.value
        origin = _origin(module, value.id)
        return value if origin is None else _constant(origin[0], ast.Name(origin[1]))
    return value


def _origin(module: str, name: str) -> tuple[str, str] | None:
    """The module of ours that a name is imported from, and its name there."""
    for node in _parsed(module)[1].body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gradatim."):
            for alias in node.names:
                if name == (alias.asname or alias.name):
                    return node.module or "", alias.name
    return None


def _constructor(module: str, written: ast.ClassDef) -> tuple[str, ast.FunctionDef] | None:
    """`__init__` of the class, or of the first base of ours that has one, and its module."""
    for node in written.body:
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            return module, node
    for base in written.bases:
        if isinstance(base, ast.Name):
            found = _class(module, base.id)
            constructor = _constructor(*found) if found else None
            if constructor is not None:
                return constructor
    return None


def _class(module: str, name: str) -> tuple[str, ast.ClassDef] | None:
    """A class that a module writes, or imports from another of ours; None for a stranger's."""
    written = _defined(_parsed(module)[1], name)
    if isinstance(written, ast.ClassDef):
        return module, written
    origin = _origin(module, name)
    return None if origin is None else _class(*origin)
