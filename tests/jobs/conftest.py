"""The command line in this process, and runs that are killed."""

import sys

import pytest

import gradatim
from gradatim.cli.main import main
from gradatim.runs.checkpoints import Checkpoints


@pytest.fixture
def command(monkeypatch, capsys):
    """Run a command, which ends with a status: (stdout, stderr)."""

    def run(*arguments, status=0):
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["gradatim", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert ended.value.code == status, said.err
        return said.out, said.err

    return run


@pytest.fixture
def killed_and_resumed(monkeypatch):
    """The run that `train` begins in the folder `other`, killed in front of a step and resumed."""
    save = Checkpoints.save_if_due

    def go(train, kill_at):
        def killed(self, training):
            if training.step == kill_at:
                raise RuntimeError("killed")
            return save(self, training)

        monkeypatch.setattr(Checkpoints, "save_if_due", killed)
        with pytest.raises(RuntimeError, match="killed"):
            train(out="other", checkpoint_seconds=(0, 0))
        monkeypatch.setattr(Checkpoints, "save_if_due", save)
        return gradatim.train(resume="other", quiet=True)

    return go
