"""A submission: a file, and the name in it that is meant, found by reading it, without running it."""

import ast
from pathlib import Path
from typing import NamedTuple

from gradatim.checks import UsageError, choose_from, did_you_mean, shown
from gradatim.synonyms import key


class Submission(NamedTuple):
    """A file and the name of hers in it."""

    path: Path
    name: str

    def __str__(self) -> str:
        return f"{self.path}:{self.name}"


class Unreadable(Exception):
    """Her file cannot be read as Python; the message says where."""


def split_target(target: str) -> tuple[Path, str | None]:
    """`file.py:Name` as both; a file alone without a name.

    >>> split_target("my_lstm.py:LSTM")[1], split_target("my_lstm.py")[1]
    ('LSTM', None)
    """
    file, colon, name = target.rpartition(":")
    if not colon or name.endswith(".py") or "/" in name or "\\" in name:
        return Path(target), None
    return Path(file), name


def find_submission(target: str, against: str) -> Submission:
    """The file and the name in it: the one given, else the one called as the definition, else the only one.

    Raises UsageError for a file that is not there, no .py file, or a name that it has not; Unreadable for a
    syntax error.
    """
    path, name = split_target(target)
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "is not there"
        raise UsageError(f"{path} {what}; hand in a .py file, or file.py:Name")
    if path.suffix != ".py":
        raise UsageError(f"{path} is no .py file; hand in file.py:Name")
    names, defined = names_in(path)
    if name is not None:
        here = [*defined, *(one for one in names if one not in defined)]
        if name not in names:
            raise UsageError(
                f"{path} has no {shown(name)}: {did_you_mean(name, here) if here else 'it is empty'}"
            )
        return Submission(path.resolve(), name)
    return Submission(path.resolve(), _meant(path, against, names, defined))


def _meant(path: Path, against: str, names: list[str], defined: list[str]) -> str:
    wanted = key(against.partition(":")[0])
    for ends in (
        lambda one: one == wanted,
        lambda one: one in (f"my{wanted}", f"{wanted}cell", f"{wanted}step"),
    ):
        found = [one for one in defined if ends(key(one))]
        if len(found) == 1:
            return found[0]
    public = [one for one in defined if not one.startswith("_")]
    if len(public) == 1:
        return public[0]
    if not defined:
        raise UsageError(f"{path} defines no class and no function")
    raise UsageError(
        f"which of {path} is meant? Call it {against.partition(':')[0]}, or hand in {path}:NAME; "
        f"{choose_from(public or defined)}"
    )


def names_in(path: Path) -> tuple[list[str], list[str]]:
    """All names that a file binds, and the classes and functions that it defines."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    except SyntaxError as error:
        code = (error.text or "").strip()
        raise Unreadable(f"line {error.lineno}: {error.msg}" + (f": {code[:80]}" if code else "")) from error
    except (UnicodeDecodeError, ValueError) as error:
        raise Unreadable(f"it is no text in UTF-8: {error}") from error
    defined = [
        node.name for node in tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]  # fmt: skip
    bound = [
        target.id for node in tree.body if isinstance(node, ast.Assign) for target in node.targets
        if isinstance(target, ast.Name)
    ]  # fmt: skip
    imported = [
        (alias.asname or alias.name).partition(".")[0] for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names
    ]  # fmt: skip
    return [*defined, *bound, *imported], defined


def imports_torch(path: Path) -> bool:
    """Whether a file says that it imports torch, which takes seconds."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return any(name.partition(".")[0] == "torch" for name in names)
