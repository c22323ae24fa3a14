"""How measures stand in a line of text."""

import pytest

from gradatim.training.record import Record, as_text


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("r2", -0.0001159, "-0.0001"),
        ("r2", -0.00004999, "0.0000"),
        ("r2", 0.99996, "1.0000"),
        ("r2", -1234.56789, "-1234.5679"),
        ("r2", float("nan"), "nan"),
        ("accuracy", 0.0, "0.0000"),
        ("balanced_accuracy", 0.00049, "0.0005"),
        ("subset_accuracy", 1.0, "1.0000"),
        ("auc", 0.5, "0.5000"),
        ("interval_coverage", 0.00051, "0.0005"),
        ("mean_iou", 0.00012, "0.0001"),
        ("f1", 1e-9, "0.0000"),
        ("rmse", 0.0000421, "4.21e-05"),
        ("loss", 3e-12, "3e-12"),
        ("hamming_loss", 0.0004, "0.0004"),
        ("reconstruction_error", 0.00012345, "0.0001234"),
    ],
)
def test_shares_have_four_decimals_and_small_errors_four_digits(name, value, text):
    assert as_text(value, name) == text


def test_an_epoch_s_line_says_each_measure_by_its_kind():
    record = Record(1, 10, 2e-5, 0.1, 0.5, {"loss": 3e-5, "accuracy": 0.00004})
    assert str(record) == "epoch 1  train loss 2e-05  valid loss 3e-05  valid accuracy 0.0000  0.50 s"


def test_a_large_measure_has_its_digits_before_the_point():
    assert [as_text(value, "rmse") for value in (18668.2295, -999.5, 1000.0, 0.00012)] == [
        "18,668", "-999.5000", "1,000", "0.00012"
    ]  # fmt: skip
