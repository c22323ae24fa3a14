"""The command line in this process."""

import sys

import pytest

from gradatim.cli.main import main


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
