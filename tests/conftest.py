"""Fixtures that every room's tests may use."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run, however slow the machine is: a red test must be the change's own.
# `pytest --hypothesis-profile=searching` looks for new ones.
settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.register_profile("searching", deadline=None, max_examples=1000)
settings.load_profile("steady")
os.environ.pop("COLUMNS", None)  # which pytest-xdist sets: what is printed would be folded


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(request, tmp_path):
    """Every test, doctests too, runs in an empty folder: runs/ is never written into the checkout."""
    before = Path.cwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)
