"""F7: the deep belief network: passes up and down, classes by the free energy, the MLP of its parameters."""

import pytest
import torch

from gradatim.checks import UsageError
from gradatim.nn.dbn import DBN
from gradatim.unsupervised.dbn_to_mlp import dbn_to_mlp

GENERATOR = torch.Generator().manual_seed(0)
X = torch.rand(9, 6, generator=GENERATOR)


def drawn(net, spread=0.7):
    with torch.no_grad():
        for p in net.parameters():
            p.copy_(torch.randn(p.shape, generator=torch.Generator().manual_seed(p.numel())) * spread)
    return net


@pytest.mark.parametrize("classes", [0, 3])
def test_the_hidden_layers_of_its_mlp_are_its_own_bit_for_bit(classes):
    dbn = drawn(DBN(6, (5, 4, 7), classes))
    mlp = dbn_to_mlp(dbn, out_features=2)
    with torch.no_grad():
        assert torch.equal(mlp[:-1](X), dbn(X))
    dense = [layer for layer in mlp if hasattr(layer, "in_features")]
    for layer, machine in zip(dense, dbn.machines, strict=False):
        assert torch.equal(layer.weight, machine.weight[:, : layer.in_features])
        assert torch.equal(layer.bias, machine.hidden_bias)
    assert mlp.description["hidden"] == [5, 4, 7]


def test_classes_are_answered_by_the_top_machine_s_free_energy():
    """To 1e-12, float64: the softmax of the scores is P(y | h) by the free energy of every label."""
    dbn = drawn(DBN(6, (5, 4), 3)).double()
    x = X.double()
    with torch.no_grad():
        h = dbn.up(x)
        expected = dbn.top.class_probabilities(h)
        assert torch.allclose(dbn.answers(x).softmax(1), expected, atol=1e-12)
        assert torch.equal(dbn.scores_from(h), dbn.class_scores(x))


def test_two_classes_of_one_output_are_told_apart_by_their_difference():
    dbn = drawn(DBN(6, (5, 4), 1))
    scores = dbn.class_scores(X)
    assert scores.shape == (9, 2) and torch.equal(dbn.answers(X), scores[:, 1:] - scores[:, :1])


def test_without_labels_it_says_its_inputs_again():
    dbn = drawn(DBN(6, (5, 4)))
    with torch.no_grad():
        h1 = torch.sigmoid(X @ dbn.machines[0].weight.t() + dbn.machines[0].hidden_bias)
        h2 = torch.sigmoid(h1 @ dbn.top.weight.t() + dbn.top.hidden_bias)
        again = torch.sigmoid(h2 @ dbn.top.weight + dbn.top.visible_bias)
        v = torch.sigmoid(again @ dbn.down[0] + dbn.machines[0].visible_bias)
    assert torch.allclose(dbn.answers(X), v, atol=1e-6)
    with pytest.raises(UsageError, match="without labels has no classes"):
        dbn.class_scores(X)


def test_the_way_down_begins_as_the_way_up():
    dbn = DBN(6, (5, 4))
    dbn.draw_parameters(3, "")
    assert torch.equal(dbn.down[0], dbn.machines[0].weight) and dbn.down[0].std() > 0


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"hidden": ()}, "needs hidden layers, such as --hidden 500,500"),
        ({"hidden": (0,)}, "hidden must be a whole number of at least 1"),
        ({"fine_tuning": "up"}, "fine_tuning must be"),
        ({"hidden": (4,), "fine_tuning": "up_down"}, "up_down is for two hidden layers or more"),
        ({"k": 0}, "k must be a whole number of at least 1; it is 0"),
    ],
)
def test_what_cannot_be_is_said(asked, sentence):
    with pytest.raises(UsageError, match=sentence):
        DBN(6, **{"hidden": (5, 4), **asked})


def test_rows_of_another_width_are_said():
    with pytest.raises(UsageError, match=r"6 visible units got rows of shape \(2, 5\)"):
        DBN(6, (5, 4))(torch.zeros(2, 5))
