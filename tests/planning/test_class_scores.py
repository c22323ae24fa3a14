"""A network with more scores than the data have classes or characters is refused before it learns."""

import numpy as np
import pytest
import torch

import gradatim
from gradatim.checks import UsageError

TEXT = "The cat sat on the mat.\n" * 40  # 13 distinct characters
X, Y = np.random.default_rng(0).normal(size=(60, 3)), np.arange(60) % 3
HOW = {"epochs": 1, "quiet": True, "baselines": False}


def dense(classes):
    return {"name": "dense", "in_features": 3, "out_features": classes}


class Own(torch.nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.layer = torch.nn.Linear(3, classes)

    def forward(self, x):
        return self.layer(x)


@pytest.mark.parametrize("symbols", [14, 40])
def test_a_character_model_with_a_larger_vocabulary_is_refused(tmp_path, symbols):
    (tmp_path / "text.txt").write_text(TEXT)
    model = {"name": "char_lm", "vocabulary_size": symbols, "hidden_size": 3}
    with pytest.raises(UsageError) as error:
        gradatim.train(tmp_path / "text.txt", model=model, out=tmp_path / "run", **HOW)
    assert f"the network gives {symbols} scores, and the text has 13 distinct characters" in str(error.value)
    assert "vocabulary_size=13" in str(error.value) and not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "model", [{"name": "stack", "layers": [dense(5)]}, Own(5)], ids=["described", "a module"]
)  # fmt: skip
def test_more_scores_than_classes_are_refused(tmp_path, model):
    with pytest.raises(UsageError) as error:
        gradatim.train((X, Y), model=model, out=tmp_path / "run", **HOW)
    assert "the network gives 5 scores, and the data have 3 classes" in str(error.value)
    assert not (tmp_path / "run").exists()


def test_as_many_as_there_are_learn_and_write(tmp_path):
    (tmp_path / "text.txt").write_text(TEXT)
    model = {"name": "char_lm", "vocabulary_size": 13, "hidden_size": 3}
    run = gradatim.train(tmp_path / "text.txt", model=model, out=tmp_path / "run", **HOW)
    assert set(run.sample(length=20)) <= set(TEXT)
    two = gradatim.train((X, Y % 2), model=Own(2), out=tmp_path / "two", **HOW)
    assert two.model.layer.out_features == 2
