"""Updates: each optimiser's equations, once, in operators that NumPy arrays and torch tensors share.

An update changes the parameter p and its state in place, given the gradient g and the number t of this step,
counted from 1. State starts at zero. This file imports neither library; both engines run this text.

Two say what more they need: Muon moves matrices only, and L-BFGS asks for values and gradients of its own.
"""

from collections.abc import Callable, Iterator
from typing import Any

from gradatim.functional.line_search import Trial, strong_wolfe
from gradatim.functional.norms import norm

Array = Any  # numpy.ndarray or torch.Tensor


def sgd(p: Array, g: Array, t: int, *, lr: float) -> None:
    """Gradient descent on a minibatch: Robbins & Monro 1951."""
    p -= lr * g  # θ ← θ − ηg


def momentum(p: Array, g: Array, t: int, v: Array, *, lr: float, momentum: float) -> None:
    """Momentum, the heavy ball: Polyak 1964."""
    v *= momentum
    v += g  # v ← ρv + g
    p -= lr * v  # θ ← θ − ηv


def nesterov(p: Array, g: Array, t: int, v: Array, *, lr: float, momentum: float) -> None:
    """Nesterov's momentum: Nesterov 1983, in the point looked ahead to, θ̃ = θ + ρv, which p holds.

    It is the look-ahead v′ = ρv − ηg(θ + ρv), θ ← θ + v′, whatever η does from step to step.
    """
    p -= momentum * v
    v *= momentum
    v -= lr * g  # v′ = ρv − ηg(θ̃)
    p += (1 + momentum) * v  # θ̃ ← θ̃ − ρv + (1 + ρ)v′


def nesterov_torch(p: Array, g: Array, t: int, v: Array, *, lr: float, momentum: float) -> None:
    """Nesterov's momentum with the learning rate outside the velocity: Sutskever et al. 2013, as in torch.

    Equal to `nesterov` while η is constant (v is −1/η of that one's); a new η rescales the whole velocity.
    """
    v *= momentum
    v += g  # v ← ρv + g
    p -= lr * (g + momentum * v)  # θ ← θ − η(g + ρv)


def adagrad(p: Array, g: Array, t: int, s: Array, *, lr: float, eps: float) -> None:
    """AdaGrad, diagonal: Duchi, Hazan & Singer 2011, Figure 1, with ε outside the root."""
    s += g * g  # s ← s + g²
    p -= lr * g / (s**0.5 + eps)  # θ ← θ − ηg/(√s + ε)


def ftrl(
    p: Array, g: Array, t: int, z: Array, s: Array, q: Array, *, lr: float, beta: float, l1: float, l2: float
) -> None:
    """FTRL-Proximal: McMahan et al. 2013, Algorithm 1; q is its Σσ: η may change, θ start anywhere.

    What the sum of gradients does not push beyond λ₁ is exactly zero.
    """
    s += g * g  # s ← s + g²
    sigma = (beta + s**0.5) / lr - q  # σ = (β + √s)/η − q
    q += sigma
    z += g - sigma * p  # z ← z + g − σθ
    p *= 0
    p -= z / (abs(z) + (z == 0)) * _positive(abs(z) - l1) / (q + l2)  # θ ← −sign(z) max(|z| − λ₁, 0)/(q + λ₂)


def rmsprop(p: Array, g: Array, t: int, s: Array, *, lr: float, alpha: float, eps: float) -> None:
    """RMSProp: Tieleman & Hinton 2012, with ε outside the root."""
    s += (1 - alpha) * (g * g - s)  # s ← αs + (1 − α)g²
    p -= lr * g / (s**0.5 + eps)  # θ ← θ − ηg/(√s + ε)


def rmsprop_centered(
    p: Array, g: Array, t: int, s: Array, m: Array, *, lr: float, alpha: float, eps: float
) -> None:
    """RMSProp by the gradient's deviation, not its size: Graves 2013, eq. 38–45, with ε outside the root."""
    s += (1 - alpha) * (g * g - s)  # s ← αs + (1 − α)g²
    m += (1 - alpha) * (g - m)  # m ← αm + (1 − α)g
    deviation = _positive(s - m * m) ** 0.5  # which rounding must not make a root of less than 0
    p -= lr * g / (deviation + eps)  # θ ← θ − ηg/(√(s − m²) + ε)


def adadelta(p: Array, g: Array, t: int, s: Array, u: Array, *, lr: float, rho: float, eps: float) -> None:
    """AdaDelta: Zeiler 2012, Algorithm 1; s is its E[g²], u its E[Δ²]."""
    s += (1 - rho) * (g * g - s)  # s ← ρs + (1 − ρ)g²
    delta = ((u + eps) / (s + eps)) ** 0.5 * g  # Δ = √(u + ε)/√(s + ε) · g
    u += (1 - rho) * (delta * delta - u)  # u ← ρu + (1 − ρ)Δ²
    p -= lr * delta  # θ ← θ − ηΔ


def adam(
    p: Array, g: Array, t: int, m: Array, v: Array, *, lr: float, beta1: float, beta2: float, eps: float
) -> None:
    """Adam: Kingma & Ba 2015, Algorithm 1."""
    m += (1 - beta1) * (g - m)  # m ← β₁ m + (1 − β₁) g
    v += (1 - beta2) * (g * g - v)  # v ← β₂ v + (1 − β₂) g²
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    p -= lr * m_hat / (v_hat**0.5 + eps)  # θ ← θ − η m̂/(√v̂ + ε)


def amsgrad(
    p: Array, g: Array, t: int, m: Array, v: Array, u: Array, *, lr: float, beta1: float, beta2: float,
    eps: float,
) -> None:  # fmt: skip
    """AMSGrad, Adam whose rates never grow: Reddi, Kale & Kumar 2018, Algorithm 2, with Adam's m̂ and û."""
    m += (1 - beta1) * (g - m)  # m ← β₁ m + (1 − β₁) g
    v += (1 - beta2) * (g * g - v)  # v ← β₂ v + (1 − β₂) g²
    u += _positive(v - u)  # u ← max(u, v)
    m_hat = m / (1 - beta1**t)
    u_hat = u / (1 - beta2**t)
    p -= lr * m_hat / (u_hat**0.5 + eps)  # θ ← θ − η m̂/(√û + ε)


def adamax(
    p: Array, g: Array, t: int, m: Array, u: Array, *, lr: float, beta1: float, beta2: float, eps: float
) -> None:
    """AdaMax, Adam of the infinity norm: Kingma & Ba 2015, Algorithm 2, with an ε that keeps u above 0."""
    m += (1 - beta1) * (g - m)  # m ← β₁ m + (1 − β₁) g
    u *= beta2
    u += _positive(abs(g) + eps - u)  # u ← max(β₂ u, |g| + ε)
    m_hat = m / (1 - beta1**t)
    p -= lr * m_hat / u  # θ ← θ − η m̂/u


def radam(
    p: Array, g: Array, t: int, m: Array, v: Array, *, lr: float, beta1: float, beta2: float, eps: float
) -> None:
    """RAdam, Adam whose rate waits until its variance is known: Liu et al. 2020, Algorithm 2."""
    m += (1 - beta1) * (g - m)  # m ← β₁ m + (1 − β₁) g
    v += (1 - beta2) * (g * g - v)  # v ← β₂ v + (1 − β₂) g²
    m_hat = m / (1 - beta1**t)
    longest = 2 / (1 - beta2) - 1  # ρ∞
    rho = longest - 2 * t * beta2**t / (1 - beta2**t)  # ρ: how many gradients v is the mean of
    known = rho > 5  # one or nothing, so that the text has no branch
    above = known * (rho - 4) * (rho - 2) * longest
    below = known * (longest - 4) * (longest - 2) * rho + (1 - known)
    r = (above / below * (1 - beta2**t)) ** 0.5
    p -= lr * m_hat * (r / (v**0.5 + eps) + (1 - known))  # θ ← θ − ηr m̂/(√v̂ + ε), or θ − ηm̂


def adam_uncorrected(
    p: Array, g: Array, t: int, m: Array, v: Array, *, lr: float, beta1: float, beta2: float, eps: float
) -> None:
    """Adam as it is often lectured, without the corrections m̂ and v̂: its first steps are too large."""
    m += (1 - beta1) * (g - m)  # m ← β₁ m + (1 − β₁) g
    v += (1 - beta2) * (g * g - v)  # v ← β₂ v + (1 − β₂) g²
    p -= lr * m / (v**0.5 + eps)  # θ ← θ − η m/(√v + ε)


def adamw(
    p: Array, g: Array, t: int, m: Array, v: Array, *, lr: float, beta1: float, beta2: float, eps: float,
    weight_decay: float,
) -> None:  # fmt: skip
    """Adam with decoupled weight decay: Loshchilov & Hutter 2019, Algorithm 2, its α and η_t in one η."""
    p *= 1 - lr * weight_decay  # θ ← θ − ηλθ
    adam(p, g, t, m, v, lr=lr, beta1=beta1, beta2=beta2, eps=eps)


def nadam(
    p: Array, g: Array, t: int, m: Array, v: Array, mu_product: Array, *, lr: float, beta1: float,
    beta2: float, eps: float, momentum_decay: float,
) -> None:  # fmt: skip
    """NAdam, Adam that looks ahead as Nesterov: Dozat 2016, with its schedule of μ; ψ is momentum_decay."""
    mu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))  # μ_t = β₁ (1 − ½ 0.96^{tψ})
    mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))  # μ_{t+1}
    mu_product += t == 1  # an empty product is one
    mu_product *= mu  # Π = μ₁ … μ_t
    m += (1 - beta1) * (g - m)  # m ← β₁ m + (1 − β₁) g
    v += (1 - beta2) * (g * g - v)  # v ← β₂ v + (1 − β₂) g²
    m_hat = mu_next * m / (1 - mu_product * mu_next) + (1 - mu) * g / (1 - mu_product)
    v_hat = v / (1 - beta2**t)
    p -= lr * m_hat / (v_hat**0.5 + eps)  # θ ← θ − η m̂/(√v̂ + ε)


def lion(
    p: Array, g: Array, t: int, m: Array, *, lr: float, beta1: float, beta2: float, weight_decay: float
) -> None:
    """Lion, evolved sign momentum: Chen et al. 2023, Algorithm 2."""
    c = beta1 * m + (1 - beta1) * g  # c = β₁ m + (1 − β₁) g
    # A comparison times a number has torch's default precision, which would round η; this sign has c's own.
    sign = c / (abs(c) + (c == 0))
    p *= 1 - lr * weight_decay
    p -= lr * sign  # θ ← θ − η (sign(c) + λθ)
    m += (1 - beta2) * (g - m)  # m ← β₂ m + (1 − β₂) g


def muon(p: Array, g: Array, t: int, b: Array, *, lr: float, momentum: float, weight_decay: float) -> None:
    """Muon: Jordan et al. 2024, for a matrix p of shape (A, B); μ is `momentum`."""
    b += (1 - momentum) * (g - b)  # b ← μb + (1 − μ)g
    o = _newton_schulz(g + momentum * (b - g))  # O = NS((1 − μ)g + μb): Nesterov's look-ahead
    rows, columns = p.shape
    p *= 1 - lr * weight_decay
    p -= lr * max(1, rows / max(columns, 1)) ** 0.5 * o  # θ ← θ − η (√max(1, A/B) O + λθ)


def _positive(x: Array) -> Array:
    """max(0, x), in operators."""
    return (x + abs(x)) / 2


def _newton_schulz(x: Array) -> Array:
    """A matrix's singular values brought near one, UΣVᵀ → UΣ′Vᵀ with Σ′ about 0.7 … 1.2.

    Five steps of x ← ax + (bG + cG²)x, G = xxᵀ; a, b, c of Jordan's post, steep at zero, not convergent.
    """
    *_, last = newton_schulz_steps(x)
    return last


def newton_schulz_steps(x: Array) -> Iterator[Array]:
    """The matrix at unit length, then as each of the five steps leaves it."""
    a, b, c = 3.4445, -4.7750, 2.0315
    if x.shape[0] > x.shape[1]:
        for step in newton_schulz_steps(x.T):
            yield step.T  # G is the smaller of the two products
        return
    length = norm([x])
    x = x / (length + 1e-7 * (length < 1e-7))  # no singular value above one; a zero matrix stays zero
    yield x
    for _ in range(5):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
        yield x


def lbfgs(
    p: Array, g: Array, t: int, pairs: list[tuple[Array, Array]], *, f: float,
    evaluate: Callable[[Array], tuple[float, Array]], lr: float, history_size: int,
) -> tuple[float, Array]:  # fmt: skip
    """L-BFGS, one iteration on a vector: Nocedal & Wright 2006, Algorithm 7.5.

    More than the others it needs the value f at p, and evaluate(x), which gives f(x) and ∇f(x). Its state
    `pairs`, the last (s, y), starts empty. Returns f and g at the new p.
    """
    d = -two_loops(g, pairs)  # d = −Hg
    if float(g @ d) >= 0:  # rounding has spoilt H
        pairs.clear()
        d = -g
    start = Trial(0.0, f, float(g @ d), g)

    def along(a: float) -> Trial:
        f_a, g_a = evaluate(p + a * d)
        return Trial(a, f_a, float(g_a @ d), g_a)

    first = lr if pairs else lr * min(1.0, 1 / float(abs(g).sum()))  # nothing known yet: a short one
    found = strong_wolfe(along, start, first)
    s, y = found.a * d, found.g - g
    p += s  # θ ← θ + ad
    if float(y @ s) > 1e-16 * float(y @ y):  # so that H stays positive definite
        pairs.append((s, y))
        del pairs[:-history_size]
    return found.f, found.g


def lbfgs_step(
    p: Array, g: Array, t: int, pairs: list[tuple[Array, Array]], *, f: float,
    evaluate: Callable[[Array], tuple[float, Array]], lr: float, history_size: int, max_iter: int,
    tolerance_grad: float, tolerance_change: float,
) -> tuple[float, Array, int]:  # fmt: skip
    """Up to max_iter iterations of L-BFGS, until max |g| or the change of f is within its tolerance.

    Returns f and g at the new p, and the iterations made in all, of which t were made before.
    """
    for _ in range(max_iter):
        if float(abs(g).max()) <= tolerance_grad:
            break
        t += 1
        before = f
        f, g = lbfgs(p, g, t, pairs, f=f, evaluate=evaluate, lr=lr, history_size=history_size)
        if abs(f - before) <= tolerance_change:
            break
    return f, g, t


def two_loops(g: Array, pairs: list[tuple[Array, Array]]) -> Array:
    """Hg, H the inverse Hessian's approximation from the pairs: Nocedal & Wright 2006, Algorithm 7.4."""
    q, alphas = g, []
    for s, y in reversed(pairs):
        alpha = (s @ q) / (y @ s)  # αᵢ = ρᵢ sᵢᵀq, ρᵢ = 1/yᵢᵀsᵢ
        q = q - alpha * y
        alphas.append(alpha)
    r = q
    if pairs:
        s, y = pairs[-1]
        r = (s @ y) / (y @ y) * q  # H₀ = γI, γ = sᵀy/yᵀy
    for (s, y), alpha in zip(pairs, reversed(alphas), strict=True):
        beta = (y @ r) / (y @ s)
        r = r + (alpha - beta) * s
    return r
