"""A setting that is given twice is refused, wherever settings are written as key=value."""

import pytest

from gradatim.checks import UsageError
from gradatim.cli.parse_values import network_arguments
from gradatim.data.loading import load_data
from gradatim.planning.optimizer_settings import optimizer_settings
from gradatim.training.scheduling import schedule_of


@pytest.mark.parametrize(
    ("read", "text", "key"),
    [
        (load_data, "xor:n=300,n=400", "n"),
        (load_data, "moons:noise=0.1, n=100, noise=0.2", "noise"),
        (optimizer_settings, "momentum:momentum=0.9,momentum=0.99", "momentum"),
        (schedule_of, "cosine:warmup=0.1,warmup=0.2", "warmup"),
        (network_arguments, ["activation=tanh", "activation =relu"], "activation"),
    ],
)
def test_a_setting_is_given_once(read, text, key):
    with pytest.raises(UsageError, match=f"^{key} is given twice$"):
        read(text)
