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
LENGTH: Equations = (
    ("ρ∞ = 2 / (1 − β₂) − 1", "2 / (1 − {beta2}) − 1 = {rho_inf}"),
    ("ρ = ρ∞ − 2 t β₂{t_up} / (1 − β₂{t_up})",
     "{rho_inf} − 2·{t}·{beta2}{t_up} / (1 − {beta2}{t_up}) = {rho_t}"),
)  # fmt: skip
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
    "ftrl": (
        ("s ← s + g²", "{sum0} + {g}² = {sum}"),
        ("σ = (β + √s) / η − q    q ← q + σ", "({beta} + √{sum}) / {lr} − {inverse_rate0} = {sigma}"),
        ("z ← z + g − σ θ", "{z0} + {g} − {sigma}·{p} = {z}"),
        ("θ ← −sign(z) max(|z| − λ₁, 0) / (q + λ₂)",
         "−({sign})·max(|{z}| − {l1}, 0) / ({inverse_rate} + {l2}) = {new}"),
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
        *MOMENTS, *CORRECTED, *LENGTH,
        ("r = √((ρ − 4) (ρ − 2) ρ∞ / ((ρ∞ − 4) (ρ∞ − 2) ρ))    as ρ > 5",
         "√(({rho_t} − 4)·({rho_t} − 2)·{rho_inf} / (({rho_inf} − 4)·({rho_inf} − 2)·{rho_t})) = {r}"),
        ("θ ← θ − η r m̂ √(1 − β₂{t_up}) / (√v + ε)",
         "{p} − {lr}·{r}·{m_hat}·√(1 − {beta2}{t_up}) / (√{exp_avg_sq} + {eps}) = {new}"),
    ),
    "radam, waiting": (
        *MOMENTS, *CORRECTED, *LENGTH,
        ("θ ← θ − η m̂    as ρ ≤ 5: v is the mean of too few gradients", "{p} − {lr}·{m_hat} = {new}"),
    ),
    "nadam": (
        ("μ = β₁ (1 − ½ 0.96^{{t ψ}})", "{beta1}·(1 − 0.5·0.96^({t}·{momentum_decay})) = {mu}"),
        ("μ′ = μ of the next step", "{beta1}·(1 − 0.5·0.96^({t_next}·{momentum_decay})) = {mu_next}"),
        ("Π ← Π μ", "{product0}·{mu} = {product}"),
        *MOMENTS,
        ("m̂ = μ′ m / (1 − Π μ′) + (1 − μ) g / (1 − Π)",
         "{mu_next}·{exp_avg} / (1 − {product}·{mu_next}) + (1 − {mu})·{g} / (1 − {product}) = {n_hat}"),
        TAIL[0],
        ("θ ← θ − η m̂ / (√v̂ + ε)", "{p} − {lr}·{n_hat} / (√{v_hat} + {eps}) = {new}"),
    ),
    "lion": (
        ("c = β₁ m + (1 − β₁) g", "{beta1}·{exp_avg0} + {one_beta1}·{g} = {c}"),
        ("θ ← θ − η sign(c)", "{p} − {lr}·({sign}) = {new}"),
        ("m ← β₂ m + (1 − β₂) g", "{beta2}·{exp_avg0} + {one_beta2}·{g} = {exp_avg}"),
    ),
    "muon": (
        ("b ← μ b + (1 − μ) g",
         "{momentum}·{momentum_buffer0} + {one_momentum}·{g} = {momentum_buffer}"),
        ("X = (1 − μ) g + μ b", "{one_momentum}·{g} + {momentum}·{momentum_buffer} = {ahead}"),
        ("X ← X / ‖X‖    the whole matrix's length", "{ahead} / {length} = {unit}"),
        ("X ← 3.4445 X − 4.775 G X + 2.0315 G² X    G = X Xᵀ, five times (Newton–Schulz)", "{schulz}"),
        ("θ ← θ − η √max(1, A/B) X    A rows, B columns",
         "{p} − {lr}·√max(1, {rows}/{columns})·{ortho} = {new}"),
    ),
    "muon, no matrix": (
        ("by AdamW, which has 0.015 of η", ""), *MOMENTS, *CORRECTED, *TAIL,
    ),
    "lbfgs": (
        ("d = −H g    {h}", "{d}"),
        ("a from a line search", "{a}, found with {tried} values of the loss"),
        ("L(θ + a d) ≤ L(θ) + 10⁻⁴ a gᵀd", "{f_new} {falls} {f} + 10⁻⁴·{a}·{slope} = {bound}"),
        ("|g(θ + a d)ᵀd| ≤ 0.9 |gᵀd|", "|{slope_new}| {flattens} 0.9·|{slope}| = {flat}"),
        ("θ ← θ + a d", "{p} + {a}·{d} = {new}"),
    ),
    "lbfgs, several": (
        ("d = −H g    θ ← θ + a d, the length a by a line search with Wolfe's conditions", ""),
        ("{iterations} times in this step", ""),
    ),
}  # fmt: skip
ALONE = re.compile(r"(^|= )\((−[^()]*)\)(?![²^])")  # a number that stands first, or is all there is
BARS = re.compile(r"\|\((−[^()]*)\)\|")  # a number between bars
LETTERS = {  # of the state, as the equations have it
    "momentum_buffer": "v", "velocity": "v", "sum": "s", "square_avg": "s", "grad_avg": "m",
    "acc_delta": "u", "exp_avg": "m", "exp_avg_sq": "v", "max_exp_avg_sq": "u", "exp_inf": "u",
    "mu_product": "Π", "inverse_rate": "q",
}  # fmt: skip


def equations_of(
    optimizer: str, t: int, settings: dict[str, Any], numbers: dict[str, Any]
) -> list[tuple[str, str]]:
    """The optimizer's equations at step t, and each with the numbers of one weight behind it.

    `numbers` are p, g and new, and every state by its name, before the step with a 0 behind it.

    >>> equations_of("sgd", 1, {"lr": 0.1}, {"p": 1.0, "g": -0.5, "new": 1.05})
    [('θ ← θ − η g', '1 − 0.1·(−0.5) = 1.05')]
    """
    values = {**settings, **numbers, **_derived(t, settings, numbers)}
    texts = {name: _written(value) for name, value in values.items()}
    texts |= {"t_up": str(t).translate(RAISED), "t": str(t), "t_next": str(t + 1)}
    if optimizer == "radam" and values["rho_t"] <= 5:
        optimizer = "radam, waiting"
    return [
        (
            text.format(**{**texts, "t_up": "^t"}),
            BARS.sub(r"|\1|", ALONE.sub(r"\1\2", filled.format(**texts))),
        )
        for text, filled in EQUATIONS[optimizer]
    ]


def _derived(t: int, s: dict[str, Any], n: dict[str, float]) -> dict[str, float]:
    """What the equations compute on their way."""
    found = {
        f"one_{name}": 1 - s[name] for name in ("beta1", "beta2", "alpha", "rho", "momentum") if name in s
    }
    if "exp_avg" in n and "beta1" in s:
        found["m_hat"] = n["exp_avg"] / (1 - s["beta1"] ** t)
        found["c"] = s["beta1"] * n["exp_avg0"] + (1 - s["beta1"]) * n["g"]
        found["sign"] = float((found["c"] > 0) - (found["c"] < 0))
    if "exp_avg_sq" in n and "beta2" in s:
        found["v_hat"] = n["exp_avg_sq"] / (1 - s["beta2"] ** t)
    if "inverse_rate" in n:
        found["sigma"] = n["inverse_rate"] - n["inverse_rate0"]
        found["sign"] = float((n["z"] > 0) - (n["z"] < 0))
    if "max_exp_avg_sq" in n:
        found["u_hat"] = n["max_exp_avg_sq"] / (1 - s["beta2"] ** t)
    if "acc_delta" in n:
        found["delta"] = ((n["acc_delta0"] + s["eps"]) / (n["square_avg"] + s["eps"])) ** 0.5 * n["g"]
    if "exp_avg_sq" in n and "beta2" in s:
        found |= _length(t, s["beta2"])
    if "momentum_decay" in s:
        found |= _looking_ahead(t, s, n)
    return found


def _length(t: int, beta2: float) -> dict[str, float]:
    """RAdam's: how many gradients v is the mean of, at most and at step t, and r where they are enough."""
    most = 2 / (1 - beta2) - 1
    rho = most - 2 * t * beta2**t / (1 - beta2**t)
    found = {"rho_inf": most, "rho_t": rho}
    if rho > 5:
        found["r"] = ((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho)) ** 0.5
    return found


def _looking_ahead(t: int, s: dict[str, Any], n: dict[str, float]) -> dict[str, float]:
    """NAdam's: μ of this step and of the next, their product, and m̂ that looks ahead."""
    mu, following = (s["beta1"] * (1 - 0.5 * 0.96 ** (k * s["momentum_decay"])) for k in (t, t + 1))
    product = n["mu_product"]
    m_hat = following * n["exp_avg"] / (1 - product * following) + (1 - mu) * n["g"] / (1 - product)
    return {"mu": mu, "mu_next": following, "product0": product / mu, "product": product, "n_hat": m_hat}


def _written(value: float | str) -> str:
    if isinstance(value, str):
        return value
    text = short(float(value), 5)
    return f"({text})" if text.startswith("−") else text
