"""Schedules as they are drawn."""

import numpy as np
import pytest

from gradatim.catalog import names
from gradatim.checks import UsageError
from gradatim.explain.figures.schedules import EPOCHS, schedule_panel
from gradatim.training.scheduling import schedule_of


@pytest.mark.parametrize("name", [name for name in names("schedule") if name != "plateau"])
def test_the_line_is_the_schedule(name):
    panel = schedule_panel(name)
    schedule = schedule_of(name)
    assert panel.lines[0].x[0] == 0 and panel.lines[0].x[-1] == 1
    assert panel.lines[0].y.tolist() == [schedule(step, 1000) for step in range(1001)]
    if len(panel.lines) > 1:
        rising = panel.lines[1].y[:100]
        np.testing.assert_allclose(rising, np.arange(1, 101) / 100)


def test_arguments_are_drawn_and_said():
    panel = schedule_panel("step:milestones=0.3/0.6,factor=0.2")
    assert panel.notes[1] == "milestones=0.3/0.6, factor=0.2"
    assert panel.lines[0].y[[299, 300, 600]] == pytest.approx([1, 0.2, 0.04])
    assert len(schedule_panel("cosine:warmup=0.2").lines) == 1
    with pytest.raises(UsageError, match="cosine takes no argument 'warm'"):
        schedule_panel("cosine:warm=0.2")


def test_plateau_waits_for_its_example():
    factor, loss = schedule_panel("plateau:patience=3").lines
    last_fall = int(loss.x[np.flatnonzero(np.diff(loss.y) < 0)[-1] + 1])
    first_drop = int(factor.x[np.flatnonzero(factor.y < 1)[0]])
    assert first_drop == last_fall + 3 + 1 and loss.x[-1] == EPOCHS  # three epochs of waiting, then it acts
