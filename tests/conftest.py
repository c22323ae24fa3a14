"""Fixtures that every room's tests may use."""

import itertools
import os
import re
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run, however slow the machine is: a red test must be the change's own.
# `pytest --hypothesis-profile=searching` looks for new ones.
settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.register_profile("searching", deadline=None, max_examples=1000)
settings.load_profile("steady")
os.environ.pop("COLUMNS", None)  # which pytest-xdist sets: what is printed would be folded


NUMBERS = itertools.count()


@pytest.fixture
def tmp_path(request, tmp_path_factory):
    """A folder with a number of its own; pytest's would read the names of all others to find the next one."""
    name = re.sub(r"\W", "_", request.node.name)[:30]
    return tmp_path_factory.mktemp(f"{name}{next(NUMBERS)}", numbered=False)


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(request, tmp_path):
    """Every test, doctests too, runs in an empty folder: runs/ is never written into the checkout."""
    before = Path.cwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)
