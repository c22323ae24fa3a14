"""E7: the pyramid reads neighbouring steps as one."""

import pytest
import torch

from gradatim.checks import UsageError
from gradatim.nn.pyramid import Pyramid

X = torch.randn(11, 3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
LENGTHS = torch.tensor([11, 6, 1])


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "peephole_lstm", "layer_norm_lstm"])
def test_a_padded_batch_is_its_sequences_one_by_one(cell):
    """The lengths halve, rounded up, on each floor; each sequence as if it were alone, to 1e-12."""
    pyramid = Pyramid(4, 5, num_layers=3, cell=cell).double()
    top, lengths = pyramid(X, LENGTHS)
    assert top.shape == (3, 3, 10)
    assert lengths.tolist() == [3, 2, 1]
    for n, (whole, short) in enumerate(zip(LENGTHS.tolist(), lengths.tolist(), strict=True)):
        alone, count = pyramid(X[:whole, n : n + 1])
        assert count.tolist() == [short] == [len(alone)]
        torch.testing.assert_close(top[:short, n], alone[:, 0], rtol=1e-12, atol=1e-12)
        assert not top[short:, n].any()


def test_an_upper_floor_reads_pairs():
    """Layer j, step i reads [h_2i; h_2i+1] of layer j − 1; an odd tail is padded with zeros."""
    pyramid = Pyramid(4, 5, num_layers=2).double()
    below = pyramid.floors[0](X)[0]
    joined = torch.cat([torch.cat([below, torch.zeros(1, 3, 10)])[i::2] for i in (0, 1)], -1)
    torch.testing.assert_close(pyramid(X)[0], pyramid.floors[1](joined)[0], rtol=0, atol=0)


def test_batch_first_is_the_same_transposed():
    """One sequence alone too."""
    pyramid = Pyramid(4, 5, batch_first=True).double()
    top, lengths = pyramid(X.transpose(0, 1), LENGTHS)
    torch.testing.assert_close(
        pyramid(X[:, 0])[0], pyramid(X[:, :1].transpose(0, 1))[0][0], rtol=1e-12, atol=1e-12
    )
    pyramid.batch_first = False
    torch.testing.assert_close(top.transpose(0, 1), pyramid(X, LENGTHS)[0], rtol=0, atol=0)
    assert lengths.tolist() == [3, 2, 1]


def test_what_cannot_be_made_or_read_is_refused():
    with pytest.raises(UsageError, match=r"^cell must be lstm or gru or rnn or .*; it is 'dense'$"):
        Pyramid(4, 5, cell="dense")
    with pytest.raises(UsageError, match=r"^Pyramid reads sequences \(T, N, D\) of D = 4 features; it got "):
        Pyramid(4, 5)(torch.zeros(2))
    with pytest.raises(UsageError, match=r"^sequence 0 cannot have length 12: the tensor has 11 steps$"):
        Pyramid(4, 5).double()(X, torch.tensor([12, 1, 1]))
