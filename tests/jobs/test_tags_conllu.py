"""Sentences of CoNLL-U, columns and plain text: what is read is written again, with tags."""

import json
from pathlib import Path

import pytest

import gradatim
from gradatim.cli.app import main

QUICK = {"task": "tagging", "threads": 1, "quiet": True, "hidden": 8, "lr": 0.02, "epochs": 8}
