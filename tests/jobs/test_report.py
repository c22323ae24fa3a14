"""What a report says of how training ended."""

import pytest

import gradatim

QUICK = {"hidden": 2, "threads": 1, "quiet": True, "baselines": False}


@pytest.mark.parametrize(("epochs", "said"), [(1, "after its one epoch"), (2, "after all 2 epochs")])
def test_it_says_how_many_epochs_there_were(epochs, said, tmp_path):
    run = gradatim.train("digits", epochs=epochs, out=tmp_path / "run", **QUICK)
    page = run.report().read_text(encoding="utf-8")
    assert said in page and "1 epochs" not in page
