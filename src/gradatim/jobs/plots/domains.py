"""Two domains in the plane: as they are, and as transfer components or an adapted network have them."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, one_of, real, unknown_argument
from gradatim.explain.charts.as_figure import as_figure
from gradatim.explain.charts.domains import distance_of_means, domains_chart
from gradatim.explain.figures.style import short
from gradatim.functional.kernels import KERNELS
from gradatim.jobs.plots.request import Drawing, PlotRequest, as_run, name_of
from gradatim.planning.data_options import DataOptions
from gradatim.planning.find_data import find_data
from gradatim.planning.make_plan import make_plan
from gradatim.planning.run_data import Data
from gradatim.planning.training_options import settings_from
from gradatim.runs.asking import dtype_of
from gradatim.runs.forward import forward
from gradatim.runs.trained import Trained

MOST = 400  # rows of a domain that are looked at
DIRECTIONS = 50  # of the largest variance, in which components are looked for
OF_COMPONENTS: dict[str, Any] = {"kernel": "linear", "mu": 0.1}
SAID = "name a run that was trained with --adapt-to, or two sets of data: gradatim plot domains mnist usps"


def domains(asked: PlotRequest) -> Drawing:
    """Source and target in the two directions of the largest variance, before and after.

    Of SOURCE TARGET the right panel shows two components of transfer component analysis (kernel=, mu=),
    of a run the features that its last layer reads. Of many rows 400 of each domain are looked at.
    """
    if len(asked.things) == 2:
        return _of_data(asked)
    if asked.arguments or "target" in asked.options:
        name = next(iter(asked.arguments), "target")
        raise UsageError(f"plot domains RUN takes no {name}: it is for plot domains SOURCE TARGET")
    run = as_run(asked.one(SAID), asked.options.get("data"))
    if run.data.domain is None:
        raise UsageError(f"{run.path} knows one domain: {SAID}")
    before = _inputs(run.trained, run.data)
    after = tuple(_features(run.trained, x) for x in before)
    title = f"{name_of(run)}: inputs, and features that the last layer reads"
    return _drawing(tuple(map(_flat, before)), after, title, run.data)


def _of_data(asked: PlotRequest) -> Drawing:
    from gradatim.estimators.tca import TCA

    for key in asked.arguments:
        if key not in OF_COMPONENTS:
            raise unknown_argument("plot domains", key, OF_COMPONENTS)
    chosen = {**OF_COMPONENTS, **asked.arguments}
    kernel = one_of("kernel", chosen["kernel"], KERNELS)
    mu = real("mu", chosen["mu"], above=0)
    if "data" in asked.options:
        raise UsageError("--data is of plot domains RUN; of two sets of data name the second one as TARGET")
    source, target = asked.things
    data = find_data(source, DataOptions(target=asked.options.get("target"), adapt_to=target))
    before = tuple(map(_flat, _inputs(make_plan(data, settings_from({}), None, {}).trained, data)))
    assert data.domain is not None
    few = _in_few_directions(before)
    tca = TCA(2, kernel=kernel, mu=mu).fit_domains(*few)
    after = tuple(tca.transform(rows) for rows in few)
    title = f"Source {_name(data.name)}, target {_name(data.domain.name)}: inputs, and transfer components"
    return _drawing(before, after, title, data)


def _drawing(before: Any, after: Any, title: str, data: Data) -> Drawing:
    assert data.domain is not None
    facts = {
        "source": data.name, "target": data.domain.name, "rows": [len(one) for one in before],
        "apart_before": distance_of_means(*before), "apart_after": distance_of_means(*after),
    }  # fmt: skip
    return Drawing(as_figure(domains_chart(before, after, title)), facts)


def _name(name: str) -> str:
    """What a title calls a set of data: of a path the file."""
    return short(name.rpartition("/")[2])


def _inputs(trained: Trained, data: Data) -> tuple[np.ndarray, np.ndarray]:
    """Inputs of both domains as the network sees them, evenly spaced examples where there are many."""
    assert data.domain is not None
    parts = []
    for examples in (data.train, data.domain.train):
        n = len(examples)
        some = examples.take(np.unique(np.linspace(0, n - 1, min(n, MOST)).astype(int)))
        parts.append(np.asarray(trained.encoder.inputs(some, dtype_of(trained))))
    return parts[0], parts[1]


def _features(trained: Trained, x: np.ndarray) -> np.ndarray:
    """What the last layer with weights reads of inputs, (N, H)."""
    from gradatim.transfer.features import head_of

    network, seen = trained.module(), []
    handle = head_of(network)[1].register_forward_pre_hook(
        lambda _, inputs: seen.append(inputs[0].detach().flatten(1).double().cpu().numpy())
    )
    try:
        forward(network, x, trained.precision)
    finally:
        handle.remove()
    return np.concatenate(seen)


def _flat(x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), -1).astype(np.float64)


def _in_few_directions(pair: tuple[np.ndarray, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Both domains in the directions of their largest variance, where they have more columns than that."""
    both = np.concatenate(pair)
    if both.shape[1] > DIRECTIONS:
        centred = both - both.mean(0)
        both = centred @ np.linalg.svd(centred, full_matrices=False)[2][:DIRECTIONS].T
    return both[: len(pair[0])], both[len(pair[0]) :]
