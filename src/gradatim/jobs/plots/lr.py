"""The learning-rate finder, on data."""

from gradatim.checks import UsageError
from gradatim.device import threads
from gradatim.explain.figures.lr import lr_figure
from gradatim.jobs.gathering import gather
from gradatim.jobs.plan import make_plan
from gradatim.jobs.plots.asked import Asked, Drawn
from gradatim.jobs.settings import settings_from
from gradatim.jobs.train import training_of
from gradatim.training.finder import find_lr


def lr(asked: Asked) -> Drawn:
    """The loss while the rate grows, for the network and the optimizer that `train` would use.

    Its facts are `suggestion`, `lrs` and `losses`.
    """
    options = dict(asked.options)
    target, model = options.pop("target", None), options.pop("model", None)
    data = asked.one("name the data to learn: a name such as digits, a file, or arrays")
    if data is None:
        raise UsageError("name the data to learn: a name such as digits, a file, or arrays")
    gathered = gather(data, target, 0.1, None)
    plan = make_plan(gathered, settings_from(options), model, dict(asked.arguments))
    with threads(plan.settings.engine, plan.settings.threads or 1):
        sweep = find_lr(training_of(plan))
    name = plan.trained.network["name"] if plan.trained.network else plan.trained.own_class
    title = f"{plan.data.name}: {name}, {plan.settings.optimizer}, batches of {plan.settings.batch_size}"
    picture = lr_figure(sweep.lrs, sweep.losses, sweep.smoothed, sweep.suggestion, title)
    return Drawn(picture, {"suggestion": sweep.suggestion, "lrs": sweep.lrs, "losses": sweep.losses})
