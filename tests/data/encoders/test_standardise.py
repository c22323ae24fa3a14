"""Mean 0 and deviation 1: of every channel of pictures and clips, of every feature of all else."""

import numpy as np
import pytest

from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import encoder_from, fit_encoder


@pytest.mark.parametrize(
    ("shape", "axes"),
    [((40, 3, 5, 6), (0, 2, 3)), ((40, 2, 4, 5, 6), (0, 2, 3, 4)), ((40, 7), (0,)), ((40, 4, 6), (0,))],
)
def test_what_has_channels_is_scaled_by_channel(shape, axes):
    rng = np.random.default_rng(0)
    x = rng.normal(3, 5, shape) * (1 + np.arange(shape[1]).reshape(-1, *(1,) * (len(shape) - 2)))
    data = Dataset(x)
    encoder = fit_encoder(data)
    wanted = (x - x.mean(axes, keepdims=True)) / x.std(axes, keepdims=True)
    np.testing.assert_allclose(encoder.inputs(data, np.float64), wanted, rtol=1e-12, atol=1e-12)
    again = encoder_from(encoder.as_dict())
    np.testing.assert_array_equal(again.encode(x, np.float64), encoder.encode(x, np.float64))
    assert np.shape(encoder.as_dict()["shift"]) == (shape[1:2] if len(shape) > 3 else shape[1:])
