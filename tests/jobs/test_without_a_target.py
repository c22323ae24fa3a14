"""Inputs alone: what reads no target learns from them."""

import numpy as np
import pandas as pd
import pytest
import torch

import gradatim
from gradatim import UsageError

X = np.random.default_rng(0).normal(size=(120, 3)).astype("f4")
QUICK = {"quiet": True, "threads": 1, "epochs": 2}


def forms(folder):
    frame = pd.DataFrame(X, columns=list("abc"))
    frame.to_csv(folder / "t.csv", index=False)
    np.savez(folder / "x.npz", x=X)
    np.save(folder / "x.npy", X)
    return {
        "array": X, "tensor": torch.tensor(X), "frame": frame, "csv": folder / "t.csv",
        "npz": folder / "x.npz", "npy": folder / "x.npy",
    }  # fmt: skip


@pytest.mark.parametrize("asked", [{"model": "rbm"}, {"task": "reconstruction"}])
@pytest.mark.parametrize("form", ["array", "tensor", "frame", "csv", "npz", "npy"])
def test_they_are_learned_again(tmp_path, form, asked):
    data = forms(tmp_path)[form]
    run = gradatim.train(data, out=tmp_path / "run", **asked, **QUICK)
    whole = run.evaluate(data)
    assert whole["n"] == len(X)
    seen, again = run.trained.encoder.inputs(run.data.test), run.predict(data)
    assert len(again) == len(X) and len(seen) == 24
    assert np.isfinite(whole["metrics"]["reconstruction_error"])
    before = gradatim.load(tmp_path / "run", data=data)
    assert before.evaluate() == run.evaluate()
    longer = gradatim.train(data if form in ("array", "tensor", "frame") else None, resume=tmp_path / "run",
                            epochs=3, quiet=True)  # fmt: skip
    assert [r["epoch"] for r in longer.records] == [1, 2, 3]


def test_inputs_alone_are_those_of_no_target(tmp_path):
    alone = gradatim.train(X, model="rbm", out=tmp_path / "a", **QUICK)
    pair = gradatim.train((X, None), model="rbm", out=tmp_path / "b", **QUICK)
    assert alone.metrics == pair.metrics and np.array_equal(alone.predict(X).a, pair.predict(X).a)


def test_the_error_is_that_of_what_is_said_again(tmp_path):
    run = gradatim.train(X, task="reconstruction", out=tmp_path / "run", **QUICK)
    seen, said = run.trained.encoder.inputs(run.data.test), run.predict(run.data.test.x).a
    assert run.metrics["reconstruction_error"] == pytest.approx(np.mean((said - seen) ** 2), rel=1e-5)


@pytest.mark.parametrize("form", ["array", "tensor", "frame", "csv", "npz"])
def test_a_question_about_a_target_says_what_is_missing(tmp_path, form):
    sentence = r"has no target to learn: name one with --target, or give \(X, y\); --task reconstruction"
    with pytest.raises(UsageError, match=sentence):
        gradatim.train(forms(tmp_path)[form], **QUICK)


def test_arrays_with_a_task_go_on_to_the_same_bits(tmp_path):
    """A run remembers the task by which it has read its targets."""
    data = (X, (X[:, 0] > 0).astype(int))
    asked = {"task": "regression", "quiet": True, "threads": 1, "schedule": "constant"}
    whole = gradatim.train(data, out=tmp_path / "whole", epochs=4, **asked)
    gradatim.train(data, out=tmp_path / "half", epochs=2, **asked)
    half = gradatim.train(data, resume=tmp_path / "half", epochs=4, quiet=True)
    assert np.array_equal(whole.predict(X).a, half.predict(X).a)
