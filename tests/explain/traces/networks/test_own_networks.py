"""A person's own network: the curriculum's numbers, the forms of its file, and what is refused."""

import json
import subprocess
import sys
from math import exp, log

import numpy as np
import pytest

from gradatim.checks import UsageError
from gradatim.explain.traces.page import as_page
from gradatim.jobs.trace import trace

OR = {
    "units": [2, 2, 1], "activation": "sigmoid",
    "weights": {"w03": 1, "w13": 3, "w23": 4, "w04": -6, "w14": 6, "w24": 5, "w05": -3.92, "w35": 2,
                "w45": 4},
}  # fmt: skip
FORWARD_RUN = {
    "units": [2, 2, 1],
    "weights": {"w13": 0.4, "w23": -0.2, "b3": 0.1, "w14": -0.6, "w24": 0.9, "b4": -0.1, "w35": 0.7,
                "w45": -0.5, "b5": 0.2},
}  # fmt: skip


def of_or(**options):
    return trace(OR, **{"input": [1, 0], "target": 1, "lr": 0.1, **options})


def column(found, caption, name, digits):
    return [round(value, digits) for value in found.table(caption).column(name)]


def test_the_or_network_has_the_curriculum_s_numbers():
    """B7, with δ = −∂L/∂a."""
    found = of_or(delta="-dL/da")
    assert column(found, "Forward, h1", "z", 3) == [4, 0] and column(found, "Forward, y", "z", 3) == [0.044]
    assert column(found, "Forward, h1", "h = σ(z)", 3) == [0.982, 0.5]
    assert column(found, "Backward, y", "δ", 4) == [0.1222]
    assert column(found, "Backward, h1", "δ", 4) == [0.0043, 0.1222]
    assert found.table("Update").column("weight") == [
        "w03",
        "w13",
        "w23",
        "w04",
        "w14",
        "w24",
        "w05",
        "w35",
        "w45",
    ]
    new = [1.0004, 3.0004, 4, -5.9878, 6.0122, 5, -3.9078, 2.0120, 4.0061]
    assert column(found, "Update", "new w", 4) == new
    assert column(found, "The next pass", "h after", 4) == [0.9820, 0.5061, 0.5239]
    assert "δ = −∂L/∂z, so weights move with δ" in str(found).replace("\n", " ")


def test_the_other_sign_turns_every_delta_and_no_weight():
    """B6: δ = +∂L/∂a, Δw = −η δ y."""
    plus, minus = of_or(), of_or(delta="-dL/da")
    for caption in ("Backward, y", "Backward, h1"):
        np.testing.assert_array_equal(
            plus.table(caption).column("δ"), -np.array(minus.table(caption).column("δ"))
        )
    assert plus.table("Update").column("new w") == minus.table("Update").column("new w")
    assert "δ = ∂L/∂z, so weights move against δ" in str(plus).replace("\n", " ")


@pytest.mark.parametrize(
    ("loss", "value", "slope"),
    [("half_squared_error", 0.08177, -0.09741), ("binary_cross_entropy", 0.51820, -0.40441)],
)
def test_a_forward_run_with_either_loss(loss, value, slope):
    """B16: ∂L/∂a_5 of ½ squared error through σ, and of cross entropy, which holds σ."""
    found = trace(FORWARD_RUN, input=[0.5, 0.1], target=1, loss=loss)
    assert column(found, "Forward, h1", "z", 2) == [0.28, -0.31]
    assert column(found, "Forward, h1", "h = σ(z)", 4) == [0.5695, 0.4231]
    assert column(found, "Forward, y", "z", 4) == [0.3871]
    assert round(found.values["loss"], 5) == value
    assert column(found, "Backward, y", "δ", 5) == [slope]


def test_a_logistic_unit_with_squared_error():
    """A4: ∂L/∂w = (f − y) σ′(a) x, beside finite differences."""
    w, b, x, y = np.array([0.3, -0.8]), 0.25, np.array([1.5, 0.5]), 0.0
    net = {"units": [2, 1], "weights": {"w13": w[0], "w23": w[1], "b3": b}}
    found = trace(net, input=x.tolist(), target=y, lr=0.5).values["gradients"]

    def loss(w, b):
        return 0.5 * (1 / (1 + exp(-(w @ x + b))) - y) ** 2

    steps = [(loss(w + e, b) - loss(w - e, b)) / 2e-6 for e in 1e-6 * np.eye(2)]
    np.testing.assert_allclose(found["y.weight"][0], steps, rtol=1e-8)
    np.testing.assert_allclose(found["y.bias"], (loss(w, b + 1e-6) - loss(w, b - 1e-6)) / 2e-6, rtol=1e-8)


def test_the_optimizer_s_equations_have_the_numbers_of_one_weight():
    found = of_or(optimizer="adam")
    lines = [part.text.strip() for part in found.parts if hasattr(part, "text")]
    assert "0.9·0 + 0.1·(−0.12219) = −0.012219" in lines
    assert "−0.012219 / (1 − 0.9¹) = −0.12219" in lines
    assert found.table("Update").column("move")[1] == pytest.approx(0.1, rel=1e-5)  # Adam's first step is η


def test_null_is_a_connection_that_is_not_there():
    weights = {**OR["weights"], "w24": None}
    found = trace({**OR, "weights": weights}, input=[1, 1], target=1)
    assert found.table("Forward, h1").column("z") == [8.0, 0.0]
    assert found.values["gradients"]["h1.weight"][1][1] == 0


def test_units_may_be_numbered_by_hand_and_beyond_nine():
    net = {"units": [[10, 11], [12]], "weights": {"w10_12": 2, "w11_12": -1, "b12": 0.5}}
    found = trace(net, input=[1, 3], target=0)
    assert found.table("Forward, y").column("z") == [-0.5]
    assert found.table("Update").column("weight") == ["w0_12", "w10_12", "w11_12"]


def test_layers_with_weights_and_without():
    dense = {"name": "dense", "weights": {"weight": [[1, 2], [3, 4]], "bias": [0.5, 0]}}
    found = trace({"layers": [dense, {"name": "relu"}], "input": [1, -1], "target": [0, 0]})
    assert found.values["output"] == [[0.0, 0.0]] and found.values["layers"]["y"]["z"] == [[-0.5, -1.0]]
    drawn = trace({"layers": [{"name": "dense", "in_features": 1, "out_features": 1}]}, input=[1], target=0)
    assert "drawn from the seed 0" in str(drawn).replace("\n", " ")


def test_softmax_and_cross_entropy_are_one():
    dense = {"name": "dense", "weights": {"weight": [[1.0], [2.0], [0.0]]}}
    found = trace({"layers": [dense, {"name": "softmax"}]}, input=[1], target=2)
    p = np.exp([1, 2, 0]) / np.exp([1, 2, 0]).sum()
    assert found.values["loss"] == pytest.approx(-log(p[2]), rel=1e-14)
    np.testing.assert_allclose(found.table("Backward, y").column("δ"), p - [0, 0, 1], rtol=1e-13)


def test_a_target_of_a_sequence_is_the_last_step_s_or_every_step_s():
    rnn = {"name": "rnn", "input_size": 1, "hidden_size": 1, "nonlinearity": "identity", "bias": False}
    net = {"layers": [{**rnn, "weights": {"weight_ih_l0": [[1]], "weight_hh_l0": [[0.5]]}}]}
    last = trace(net, input=[1, 1, 1], target=2)
    every = trace(net, input=[1, 1, 1], target=[1, 1, 1])
    assert last.values["loss"] == 0.5 * 0.25**2
    assert every.values["loss"] == pytest.approx((0 + 0.5 * 0.5**2 + 0.5 * 0.75**2) / 3, rel=1e-14)


@pytest.mark.parametrize("unit", ["3", "h1.1"])
def test_one_unit_is_opened(unit):
    found = of_or(unit=unit)
    assert found.table("h1.1: its inputs").column("w·x") == [3.0, 0.0, 1.0]
    assert "z = 3·1 + 4·0 + 1 = 4" in str(found)


def test_a_changed_number_prints_both_columns():
    found = trace(OR, {"w13": 2.5}, input=[1, 0], target=1, lr=0.1)
    assert found.before.table("Update").column("w")[1] == 3 and found.table("Update").column("w")[1] == 2.5
    text = str(found)
    moved = text[text.index("What has moved") :].splitlines()
    assert any(line.split() == ["Forward,", "h1", "3", "z", "4", "3.5", "−0.5"] for line in moved)
    assert "3.5000*" in text and "6·1 + 5·0 − 6 " in text and "6·1 + 5·0 − 6*" not in text
    assert trace(OR, {"x2": 1}, input=[1, 0], target=1).values["x"] == [[1, 1]]
    assert trace(OR, {"lr": 1}, input=[1, 0], target=1).values["next_loss"] != found.values["next_loss"]


def test_json_holds_everything_in_full_precision():
    content = json.loads(json.dumps(of_or().as_json(), allow_nan=False))
    y5 = 1 / (1 + exp(-(-3.92 + 2 / (1 + exp(-4)) + 4 * 0.5)))
    assert content["values"]["output"] == [[pytest.approx(y5, rel=1e-15)]]
    assert content["values"]["parameters"]["h1.weight"] == [[3, 4], [6, 5]]


def test_a_page_opens_every_unit():
    page = as_page(of_or())
    for name in ("h1.1", "h1.2", "y.1"):
        assert f'<a href="#{name}"' in page and f'<article class="unit" id="{name}">' in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("net", "options", "sentence"),
    [
        ({**OR, "activation": "sigmod"}, {}, "unknown activation 'sigmod': did you mean sigmoid"),
        ({**OR, "weights": {k: v for k, v in OR["weights"].items() if k != "w23"}}, {},
         "the weight w23, from unit 2 to unit 3, is missing: give a number, or null"),
        ({**OR, "weights": {k: v for k, v in OR["weights"].items() if k != "w05"}}, {},
         "the weight w05, the bias of unit 5, is missing"),
        ({**OR, "weights": {**OR["weights"], "w31": 1}}, {}, "no connection is called w31: did you mean"),
        ({**OR, "weights": {**OR["weights"], "w13": "a"}}, {},
         "w13 must be a number that is finite; it is 'a'"),
        ({**OR, "wieghts": {}}, {}, "a network's file has no entry 'wieghts': did you mean weights?"),
        (OR, {"input": [1, 0, 0]}, "the input must have 2 numbers; it has 3"),
        (OR, {"input": ["a", 1]}, "input must be numbers"),
        (OR, {"target": [1, 0]},
         "half_squared_error reads 1 target, as the network has 1 output; there are 2"),
        (OR, {"loss": "binary_cross_entropy", "target": 3},
         "a target of binary_cross_entropy is between 0 and 1; it is 3"),
        (OR, {"loss": "poisson_nll", "target": 0.5},
         "a target of poisson_nll is a count: 0, 1, 2, …; it is 0.5"),
        (OR, {"loss": "hinge", "target": 2}, "a target of hinge is 0 or 1, or −1 or 1; it is 2"),
        (OR, {"loss": "cross_entropy"}, "cross_entropy reads a score for each class"),
        (OR, {"optimizer": "adma"}, "unknown optimizer 'adma': did you mean adam"),
        (OR, {"lr": 0}, "lr must be a number above 0"),
        (OR, {"delta": "up"}, "delta must be dL/da or"),
        (OR, {"unit": "h1.7"}, "h1 has 2 units, h1.1 … h1.2; there is no h1.7"),
        (OR, {"unit": "h4.1"}, "there is no layer 'h4'"),
        (OR, {"unti": "h4.1"}, "trace takes no argument 'unti': did you mean unit?"),
        (OR, {"example": 3}, "--example is for a run"),
        (3, {}, "a trace is of an example's name, a run, or a network as a .json file or a dict; this is 3"),
        ({"layers": [{"name": "relu"}], "weights": 3}, {}, "weights are written as"),
        ({**OR, "settings": 3}, {}, "settings are the optimizer's"),
        (OR, {"unit": 7}, "there is no layer '7'"),
        ({"units": [2]}, {}, "units are [2, 2, 1], how many each layer has"),
        ({"layers": []}, {}, "layers must be a list of entries"),
        ({"layers": [{"name": "dens"}]}, {}, "unknown layer 'dens': did you mean dense?"),
        ({"layers": [{"name": "dense", "in_features": 2, "out_features": 1,
                      "weights": {"weight": [[1, 2, 3]]}}]}, {},
         "layer 0, dense: weight must be 1 × 2 numbers; it is 1 × 3"),
        ({"layers": [{"name": "dense", "in_features": 2, "out_features": 1, "weights": {"bias": [1]}}]}, {},
         "the weight of layer 0, dense, is missing: give all weights"),
        ({"layers": [{"name": "dense", "in_features": 2, "out_features": 2},
                     {"name": "dense", "in_features": 3, "out_features": 1}]}, {},
         "layer 1: a dense layer of 3 inputs got examples of shape (2,)"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_a_sentence(net, options, sentence):
    with pytest.raises(UsageError) as error:
        trace(net, **{"input": [1, 0], "target": 1, **options})
    assert sentence in str(error.value)


def test_a_number_that_is_not_there():
    with pytest.raises(UsageError, match=r"the network has no number 'w33': did you mean w"):
        trace(OR, {"w33": 1}, input=[1, 0], target=1)
    with pytest.raises(UsageError, match=r"h1\.weight\.9\.1 is not there: h1\.weight has 2 × 2 numbers"):
        trace(OR, {"h1.weight.9.1": 1}, input=[1, 0], target=1)
    assert trace(OR, {"h1.weight.1.1": 2.5}, input=[1, 0], target=1).table("Update").column("w")[1] == 2.5


def test_a_large_network_is_summarised_without_torch():
    code = (
        "import sys\nimport numpy as np\nfrom gradatim.jobs.trace import trace\n"
        "net = {'name': 'mlp', 'in_features': 784, 'out_features': 10, 'hidden': [128]}\n"
        "found = trace(net, input=np.linspace(0, 1, 784).tolist(), target=3, loss='cross_entropy')\n"
        "assert [row[3] for row in found.table('Layers').rows] == [0, 100480, 1290]\n"
        "assert len(str(found).splitlines()) < 120\n"
        "heavy = {'torch', 'sklearn', 'jinja2', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr == "" and done.returncode == 0, done.stderr


def test_a_drawing_has_room_for_its_units_and_leaves_crowded_weights_to_the_tables():
    few, many = ({"layers": [{"name": "dense", "in_features": 3, "out_features": n}]} for n in (2, 4))
    drawn = [trace(net, input=[1, 2, 3], target=[0] * n).drawing for net, n in ((few, 2), (many, 4))]
    assert [one.count('class="halo"') for one in drawn] == [6, 0]
    assert 'viewBox="0 0 560 330"' in drawn[0] and 'viewBox="0 0 560 416"' in drawn[1]
