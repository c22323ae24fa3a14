"""Her file, written and checked."""

import textwrap

import pytest

from gradatim.jobs.check import check


@pytest.fixture
def checked(tmp_path):
    """Write her code into a file and check one name of it against a definition."""

    def run(code, name, against, **limits):
        path = tmp_path / "hers.py"
        path.write_text(textwrap.dedent(code), encoding="utf-8")
        return check(f"{path}:{name}", against, **limits)

    return run
