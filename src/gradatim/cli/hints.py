"""What else a person may have meant."""

import re

import typer

from gradatim.cli.verbs import app


def option_meant(sentence: str, arguments: list[str]) -> str:
    """For a sentence on an argument that a network lacks: the verb's option of that name, if there is one.

    >>> option_meant("mlp takes no argument 'batch_size'", ["train", "digits", "batch_size=32"])
    '; the option is --batch-size'
    >>> option_meant("mlp takes no argument 'width'", ["train", "digits", "width=32"])
    ''
    """
    found = re.search(r"takes no argument '(\w+)'", sentence)
    verbs = getattr(typer.main.get_command(app), "commands", {})
    if found is None or not arguments or arguments[0] not in verbs:
        return ""
    option = f"--{found[1].replace('_', '-')}"
    known = [name for parameter in verbs[arguments[0]].params for name in parameter.opts]
    return f"; the option is {option}" if option in known else ""
