"""Several inputs an example: told from the rows of one, taken together, and named where they do not fit."""

import numpy as np
import pytest
import torch
from torch.utils.data import Dataset as TorchDataset
from torch.utils.data import TensorDataset

from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.examples import as_examples
from gradatim.data.inputs import Inputs, are_several

N = 6
RNG = np.random.default_rng(0)
IMAGE, ROW, IDS = RNG.normal(size=(N, 1, 4, 4)), RNG.normal(size=(N, 3)), RNG.integers(0, 9, N)
Y = np.arange(N) % 2
W = RNG.uniform(1, 2, N)


class Items(TorchDataset):
    """A map-style Dataset of examples ((…), y)."""

    def __init__(self, pack, length=N):
        self.pack, self.length = pack, length

    def __len__(self):
        return self.length

    def __getitem__(self, i):
        return self.pack(torch.from_numpy(IMAGE)[i], torch.from_numpy(ROW)[i], int(Y[i]))


BY_NAME = {
    "a dict of arrays": ({"image": IMAGE, "row": ROW}, Y),
    "a dict of tensors": ({"image": torch.from_numpy(IMAGE), "row": torch.from_numpy(ROW)}, Y.tolist()),
    "a Dataset of dicts": Items(lambda image, row, y: ({"image": image, "row": row}, y)),
}
IN_ORDER = {
    "a tuple of arrays": ((IMAGE, ROW), Y),
    "a list of tensors": [[torch.from_numpy(IMAGE), torch.from_numpy(ROW)], torch.from_numpy(Y)],
    "a TensorDataset": TensorDataset(torch.from_numpy(IMAGE), torch.from_numpy(ROW), torch.from_numpy(Y)),
    "a Dataset of tuples": Items(lambda image, row, y: ((image, row), y)),
    "a Dataset of lists": Items(lambda image, row, y: [[image, row], y]),
}


@pytest.mark.parametrize("kind", [*BY_NAME, *IN_ORDER])
def test_every_kind_of_several_inputs_is_the_same(kind):
    data = as_examples({**BY_NAME, **IN_ORDER}[kind])
    assert isinstance(data, Dataset) and isinstance(data.x, Inputs) and len(data) == N
    assert data.x.names == (("image", "row") if kind in BY_NAME else ())
    for ours, given in zip(data.x.arrays, (IMAGE, ROW), strict=True):
        np.testing.assert_array_equal(ours, given)
    np.testing.assert_array_equal(data.y, Y)
    assert data.layout == "rows" and data.weights is None


def test_they_are_taken_together():
    data = as_examples(({"image": IMAGE, "row": ROW, "id": IDS}, Y, W))
    part = data.take(np.array([4, 1]))
    for ours, given in zip((*part.x.arrays, part.y, part.weights), (IMAGE, ROW, IDS, Y, W), strict=True):
        np.testing.assert_array_equal(ours, given[[4, 1]])
    assert repr(part) == "Dataset('data', 2 examples of Inputs(image (1, 4, 4), row (3,), id ()))"
    assert not data.is_pictures and not data.is_table
    batches = list(Inputs((ROW, IDS)).split(4))
    assert [len(one) for one, _ in batches] == [4, 2]
    np.testing.assert_array_equal(np.concatenate([ids for _, ids in batches]), IDS)


def test_a_fingerprint_knows_names_order_and_values():
    made = [
        ({"image": IMAGE, "row": ROW}, Y), ({"row": ROW, "image": IMAGE}, Y), ({"image": IMAGE, "r": ROW}, Y),
        ((IMAGE, ROW), Y), ({"image": IMAGE, "row": ROW + 1}, Y), ({"image": IMAGE, "row": ROW}, 1 - Y),
    ]  # fmt: skip
    prints = [as_examples(data).fingerprint for data in made]
    assert len(set(prints)) == len(made)
    assert as_examples(made[0]).fingerprint == prints[0]


@pytest.mark.parametrize(
    ("x", "y", "several"),
    [
        (IMAGE, Y, False),
        ((IMAGE, ROW), Y, True),
        ((ROW, ROW), Y, True),
        ({"a": ROW}, Y, True),
        (ROW.tolist(), Y, False),
        (list(ROW), Y, False),  # the rows of one input
        (tuple(IMAGE), Y, False),
        ((ROW[:2], ROW[2:4]), Y[:2], True),  # two inputs of two examples
        ((ROW[0, :2], ROW[1, :2]), Y[:2], False),  # two rows of two numbers
        ((IDS, ROW), Y, True),
        (((0.0, 1.0), (1.0, 0.0)), (0, 1), False),
        ([torch.tensor(1.0), torch.tensor(2.0)], [0, 1], False),
        ((IMAGE[:5], ROW), Y, True),
    ],
)
def test_several_inputs_are_told_from_the_rows_of_one(x, y, several):
    assert are_several(x, y) == several


def tensors(*shapes_and_types):
    return TensorDataset(*(torch.zeros(4, *shape, dtype=dtype) for shape, dtype in shapes_and_types))


F, I = torch.float32, torch.int64


@pytest.mark.parametrize(
    ("data", "inputs", "weighted"),
    [
        (tensors(((3,), F), ((), I)), 1, False),
        (tensors(((3,), F), ((), I), ((), F)), 1, True),
        (tensors(((3,), F), ((), I), ((), I)), 1, True),
        (tensors(((3,), F), ((2,), F), ((), F)), 1, True),  # several numbers and weights
        (tensors(((3,), F), ((2,), F), ((), I)), 2, False),
        (tensors(((3,), F), ((2,), I), ((2,), F)), 2, False),
        (tensors(((3,), F), ((2,), F), ((4, 4), I)), 2, False),
        (tensors(((3,), F), ((2,), I), ((5,), F), ((), F)), 3, False),
    ],
)
def test_the_tensors_of_a_tensor_dataset(data, inputs, weighted):
    ones = [
        t if t.ndim > 1 or at < len(data.tensors) - 1 else torch.ones_like(t)
        for at, t in enumerate(data.tensors)
    ]
    found = as_examples(TensorDataset(*ones))
    assert (len(found.x.arrays) if isinstance(found.x, Inputs) else 1) == inputs
    assert (found.weights is not None) == weighted


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (({"image": IMAGE, "row": ROW[:5]}, Y), 'input "row" has 5 examples, input "image" 6'),
        (({"row": ROW[:5]}, Y), 'input "row" has 5 examples, the target 6'),
        (((IMAGE, ROW[:5]), Y), "input 1 has 5 examples, input 0 6"),
        (({"row": np.full((N, 2), np.nan)}, Y), r'input "row": the inputs hold nan at example 0, feature 0'),
        (({"id": np.array(list("abcdef"))}, Y), 'input "id": inputs must be numbers; their type is <U1'),
        (({}, Y), "there is no input"),
        ((({"row": ROW}), Y, W[:3]), r"6 examples but weights of shape \(3,\)"),
        (tensors(((3,), F), ((2,), I), ((), I)), "may be two inputs and a target, or an input, a target and"),
        (Items(lambda image, row, y: ((image, row) if y else (image,), y)), r"example 0 has .* \[0\], but"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(data, said):
    with pytest.raises(UsageError, match=said):
        as_examples(data)
