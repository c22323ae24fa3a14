"""The exercise in attention, against torch."""

import pytest
import torch

from gradatim.exercises.exercise import make_exercise


@pytest.mark.parametrize("seed", range(4))
def test_weights_and_gradients_agree_with_torch(seed):
    exercise = make_exercise("attention", seed)
    n, asked = exercise.numbers, {one.name: one.value for one in exercise.asked}
    p = {name: torch.tensor(n[name]).double() for name in "hsywuvreco"}
    h = p["h"][: n["length"]]
    e = h @ p["s"] if n["score"] == "dot" else torch.tanh(p["w"] @ p["s"] + h @ p["u"].t()) @ p["v"]
    e = e.requires_grad_()
    c = e.softmax(0) @ h
    new = torch.tanh(p["r"] @ p["s"] + p["e"] @ p["y"] + p["c"] @ c)
    words = (p["o"] @ new).softmax(0)
    (-words[n["target"]].log()).backward()
    assert asked["alpha1"] == pytest.approx(e.softmax(0)[0].item(), abs=1e-14)
    assert (asked["c1"], asked["s2"]) == pytest.approx((c[0].item(), new[1].item()), abs=1e-14)
    assert asked["p"] == pytest.approx(words[n["target"]].item(), abs=1e-14)
    assert (asked["de1"], asked["de2"]) == pytest.approx(tuple(e.grad[:2].tolist()), abs=1e-14)
