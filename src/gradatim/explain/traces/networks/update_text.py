"""Every optimizer's equations, as they stand and with the numbers of one weight."""

import re
from typing import Any

from gradatim.explain.traces.sums_as_text import RAISED, short

Equations = tuple[tuple[str, str], ...]  # an equation, and it with numbers; without them ""
MOMENTS: Equations = (
    ("m ← β₁ m + (1 − β₁) g", "{beta1}·{exp_avg0} + {one_beta1}·{g} = {exp_avg}"),
    ("v ← β₂ v + (1 − β₂) g²", "{beta2}·{exp_avg_sq0} + {one_beta2}·{g}² = {exp_avg_sq}"),
)
CORRECTED: Equations = (("m̂ = m / (1 − β₁{t_up})", "{exp_avg} / (1 − {beta1}{t_up}) = {m_hat}"),)
TAIL: Equations = (
    ("v̂ = v / (1 − β₂{t_up})", "{exp_avg_sq} / (1 − {beta2}{t_up}) = {v_hat}"),
    ("θ ← θ − η m̂ / (√v̂ + ε)", "{p} − {lr}·{m_hat} / (√{v_hat} + {eps}) = {new}"),
)
EQUATIONS: dict[str, Equations] = {
    "sgd": (("θ ← θ − η g", "{p} − {lr}·{g} = {new}"),),
    "momentum": (
        ("v ← ρ v + g", "{momentum}·{momentum_buffer0} + {g} = {momentum_buffer}"),
        ("θ ← θ − η v", "{p} − {lr}·{momentum_buffer} = {new}"),
    ),
    "nesterov": (
        ("v′ = ρ v − η g", "{momentum}·{velocity0} − {lr}·{g} = {velocity}"),
        ("θ ← θ − ρ v + (1 + ρ) v′", "{p} − {momentum}·{velocity0} + (1 + {momentum})·{velocity} = {new}"),
    ),
    "nesterov_torch": (
        ("v ← ρ v + g", "{momentum}·{momentum_buffer0} + {g} = {momentum_buffer}"),
        ("θ ← θ − η (g + ρ v)", "{p} − {lr}·({g} + {momentum}·{momentum_buffer}) = {new}"),
    ),
    "adagrad": (
        ("s ← s + g²", "{sum0} + {g}² = {sum}"),
        ("θ ← θ − η g / (√s + ε)", "{p} − {lr}·{g} / (√{sum} + {eps}) = {new}"),
    ),
    "rmsprop": (
        ("s ← α s + (1 − α) g²", "{alpha}·{square_avg0} + {one_alpha}·{g}² = {square_avg}"),
        ("θ ← θ − η g / (√s + ε)", "{p} − {lr}·{g} / (√{square_avg} + {eps}) = {new}"),
    ),
    "rmsprop_centered": (
        ("s ← α s + (1 − α) g²", "{alpha}·{square_avg0} + {one_alpha}·{g}² = {square_avg}"),
        ("m ← α m + (1 − α) g", "{alpha}·{grad_avg0} + {one_alpha}·{g} = {grad_avg}"),
        ("θ ← θ − η g / (√(s − m²) + ε)",
         "{p} − {lr}·{g} / (√({square_avg} − {grad_avg}²) + {eps}) = {new}"),
    ),
    "adadelta": (
        ("s ← ρ s + (1 − ρ) g²", "{rho}·{square_avg0} + {one_rho}·{g}² = {square_avg}"),
        ("Δ = √(u + ε) / √(s + ε) · g", "√({acc_delta0} + {eps}) / √({square_avg} + {eps})·{g} = {delta}"),
        ("u ← ρ u + (1 − ρ) Δ²", "{rho}·{acc_delta0} + {one_rho}·{delta}² = {acc_delta}"),
        ("θ ← θ − η Δ", "{p} − {lr}·{delta} = {new}"),
    ),
    "adam": (*MOMENTS, *CORRECTED, *TAIL),
    "adamw": (*MOMENTS, *CORRECTED, *TAIL),
    "adam_uncorrected": (
        ("m ← β₁ m + (1 − β₁) g", "{beta1}·{m0} + {one_beta1}·{g} = {m}"),
        ("v ← β₂ v + (1 − β₂) g²", "{beta2}·{v0} + {one_beta2}·{g}² = {v}"),
        ("θ ← θ − η m / (√v + ε)", "{p} − {lr}·{m} / (√{v} + {eps}) = {new}"),
    ),
    "amsgrad": (
        *MOMENTS,
        ("u ← max(u, v)", "max({max_exp_avg_sq0}, {exp_avg_sq}) = {max_exp_avg_sq}"),
        *CORRECTED,
        ("û = u / (1 − β₂{t_up})", "{max_exp_avg_sq} / (1 − {beta2}{t_up}) = {u_hat}"),
        ("θ ← θ − η m̂ / (√û + ε)", "{p} − {lr}·{m_hat} / (√{u_hat} + {eps}) = {new}"),
    ),
    "adamax": (
        MOMENTS[0],
        ("u ← max(β₂ u, |g| + ε)", "max({beta2}·{exp_inf0}, |{g}| + {eps}) = {exp_inf}"),
        *CORRECTED,
        ("θ ← θ − η m̂ / u", "{p} − {lr}·{m_hat} / {exp_inf} = {new}"),
    ),
    "radam": (
        *MOMENTS, *CORRECTED,
        ("θ ← θ − η r m̂ / (√v̂ + ε) where ρ_t > 5, otherwise θ − η m̂", ""),
    ),
    "nadam": (
        *MOMENTS,
        ("m̂ = μ′ m / (1 − Π μ′) + (1 − μ) g / (1 − Π)", ""),
        ("θ ← θ − η m̂ / (√v̂ + ε)", ""),
    ),
    "lion": (
        ("c = β₁ m + (1 − β₁) g", "{beta1}·{exp_avg0} + {one_beta1}·{g} = {c}"),
        ("θ ← θ − η sign(c)", "{p} − {lr}·({sign}) = {new}"),
        ("m ← β₂ m + (1 − β₂) g", "{beta2}·{exp_avg0} + {one_beta2}·{g} = {exp_avg}"),
    ),
    "muon": (
        ("b ← μ b + (1 − μ) g", ""),
        ("θ ← θ − η √max(1, rows / columns) NS((1 − μ) g + μ b), of matrices; the others by AdamW", ""),
    ),
    "lbfgs": (("d = −H g    θ ← θ + a d, the length a by a line search with Wolfe's conditions", ""),),
}  # fmt: skip
ALONE = re.compile(r"(^|= )\((−[^()]*)\)(?![²^])")  # a number that stands first, or is all there is
LETTERS = {  # of the state, as the equations have it
    "momentum_buffer": "v", "velocity": "v", "sum": "s", "square_avg": "s", "grad_avg": "m",
    "acc_delta": "u", "exp_avg": "m", "exp_avg_sq": "v", "max_exp_avg_sq": "u", "exp_inf": "u",
    "mu_product": "Π",
}  # fmt: skip


def equations_of(
    optimizer: str, t: int, settings: dict[str, Any], numbers: dict[str, float]
) -> list[tuple[str, str]]:
    """The optimizer's equations at step t, and each with the numbers of one weight behind it.

    `numbers` are p, g and new, and every state by its name, before the step with a 0 behind it.

    >>> equations_of("sgd", 1, {"lr": 0.1}, {"p": 1.0, "g": -0.5, "new": 1.05})
    [('θ ← θ − η g', '1 − 0.1·(−0.5) = 1.05')]
    """
    values = {**settings, **numbers, **_derived(t, settings, numbers)}
    texts = {name: _written(value) for name, value in values.items()}
    texts["t_up"] = str(t).translate(RAISED)
    return [
        (text.format(t_up="^t"), ALONE.sub(r"\1\2", filled.format(**texts)))
        for text, filled in EQUATIONS[optimizer]
    ]


def _derived(t: int, s: dict[str, Any], n: dict[str, float]) -> dict[str, float]:
    """What the equations compute on their way."""
    found = {f"one_{name}": 1 - s[name] for name in ("beta1", "beta2", "alpha", "rho") if name in s}
    if "exp_avg" in n and "beta1" in s:
        found["m_hat"] = n["exp_avg"] / (1 - s["beta1"] ** t)
        found["c"] = s["beta1"] * n["exp_avg0"] + (1 - s["beta1"]) * n["g"]
        found["sign"] = float((found["c"] > 0) - (found["c"] < 0))
    if "exp_avg_sq" in n and "beta2" in s:
        found["v_hat"] = n["exp_avg_sq"] / (1 - s["beta2"] ** t)
    if "max_exp_avg_sq" in n:
        found["u_hat"] = n["max_exp_avg_sq"] / (1 - s["beta2"] ** t)
    if "acc_delta" in n:
        found["delta"] = ((n["acc_delta0"] + s["eps"]) / (n["square_avg"] + s["eps"])) ** 0.5 * n["g"]
    return found


def _written(value: float) -> str:
    text = short(float(value), 5)
    return f"({text})" if text.startswith("−") else text
