"""The overfitting monitor: both curves, where they part, and what the picture says."""

import numpy as np
import pytest

from gradatim.explain.charts.as_svg import as_svg
from gradatim.explain.charts.chart import Reference
from gradatim.explain.charts.free_energies import free_energy_chart, has_free_energies, parting


def records(apart):
    return [
        {"epoch": n, "train_free_energy": -n, "valid_free_energy": z - n, "valid_free_energy_apart": z}
        for n, z in enumerate(apart, 1)
    ]


@pytest.mark.parametrize(
    ("apart", "epoch"),
    [
        ([0.0, 1.0], None), ([0.0, 4.0], None), ([0.0, 4.1], 2), ([5.0, 2.1, 3.0], 1),
        ([5.0, 1.9, 3.0], None), ([5.0, 1.9, 4.5, 2.5], 3), ([], None),
    ],
)  # fmt: skip
def test_they_part_beyond_4_standard_errors_and_come_together_below_2(apart, epoch):
    assert parting(records(apart)) == epoch


def test_the_chart_has_both_curves_and_the_epoch_in_which_they_part():
    chart = free_energy_chart(records([0.0, 3.0, 5.0, 6.0]), "t")
    energies, apart = chart.panels
    train, valid = energies.curves()
    assert (train.role, valid.role) == ("training", "validation")
    np.testing.assert_array_equal(train.y, [-1, -2, -3, -4])
    np.testing.assert_array_equal(valid.y, [-1, 1, 2, 2])
    (line,) = (mark for mark in energies.marks if isinstance(mark, Reference))
    assert line.start[0] == line.end[0] == 3 and line.name == "they part in epoch 3"
    np.testing.assert_array_equal(next(apart.curves()).y, [0, 3, 5, 6])
    assert "they part in epoch 3" in "".join(as_svg(chart))


def test_records_of_before_the_standard_errors_have_the_energies_alone():
    old = [{k: v for k, v in one.items() if not k.endswith("apart")} for one in records([0.0, 9.0])]
    assert has_free_energies(old) and len(free_energy_chart(old, "").panels) == 1
    assert not has_free_energies([{"epoch": 1, "valid_free_energy": 2.0}])
