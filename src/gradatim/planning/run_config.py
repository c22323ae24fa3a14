"""What config.json holds of a plan."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from gradatim.planning.plan import Plan
from gradatim.planning.versions import versions
from gradatim.version import __version__


def config_of(plan: Plan) -> dict[str, Any]:
    """The content of config.json: everything needed to run it again."""
    model = plan.model if isinstance(plan.model, str | Mapping) else None
    return {
        "gradatim": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": plan.command,
        "name": plan.data.name,
        "data": plan.data.reference,
        "network": {
            "entry": plan.trained.network, "class": plan.trained.own_class, "model": model,
            "asked": plan.asked,
        },
        "loss": plan.loss if isinstance(plan.loss, str) else None,
        **{"weights": None, **plan.begins},
        "settings": plan.settings.as_dict(),
        "choices": plan.choices,
        "baselines": plan.baselines,
        **({"tried": plan.tried} if plan.tried else {}),
        **functions_of(plan),
        **({"keep_best_model": True} if plan.keep_best_model else {}),
        "versions": {"gradatim": __version__, **versions(plan.settings.engine)},
        "extended": plan.extended,
        "ended": False,  # until the network is the one that the run was to have
    }  # fmt: skip


def functions_of(plan: Plan) -> dict[str, Any]:
    """The names of metrics that are functions, which no file can hold; nothing where there is none."""
    return {"own_metrics": list(plan.metrics.functions)} if plan.metrics.functions else {}
