"""The learning-rate finder, on data."""

from gradatim.checks import UsageError
from gradatim.device import threads
from gradatim.explain.figures.lr import lr_figure
from gradatim.jobs.plots.request import Drawing, PlotRequest
from gradatim.planning.data_options import DATA_NAMES, DataOptions
from gradatim.planning.find_data import find_data
from gradatim.planning.loop_choice import usual_task
from gradatim.planning.make_loop import loop_of
from gradatim.planning.make_plan import make_plan
from gradatim.planning.training_options import settings_from
from gradatim.training.finder import find_lr


def lr(asked: PlotRequest) -> Drawing:
    """The loss while the rate grows, for the network and the optimizer that `train` would use.

    Its facts are `suggestion`, `lrs` and `losses`.
    """
    options = dict(asked.options)
    model = options.pop("model", None)
    of_data = {name: options.pop(name) for name in DATA_NAMES if name in options}
    data = asked.one("name the data to learn: a name such as digits, a file, or arrays")
    if data is None:
        raise UsageError("name the data to learn: a name such as digits, a file, or arrays")
    found = find_data(data, DataOptions(**{"task": usual_task(model), **of_data}))
    plan = make_plan(found, settings_from(options), model, dict(asked.arguments))
    with threads(plan.settings.engine, plan.settings.threads or 1):
        sweep = find_lr(loop_of(plan))
    s = plan.settings
    of = f"{plan.data.name}, {plan.trained.name}, {s.optimizer}, batches of {s.batch_size}"
    picture = lr_figure(
        sweep.lrs, sweep.losses, sweep.mean_losses, sweep.suggestion, f"Learning-rate finder: {of}"
    )
    return Drawing(picture, {"suggestion": sweep.suggestion, "lrs": sweep.lrs, "losses": sweep.losses})
