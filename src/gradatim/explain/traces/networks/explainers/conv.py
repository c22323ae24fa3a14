"""Convolutions: every place of a map a sum of products of a kernel and a window."""

import numpy as np

from gradatim.by_hand.layers.windowed import Windowed
from gradatim.checks import UsageError
from gradatim.explain.traces.networks.explainers.explainer import Explainer, map_table
from gradatim.explain.traces.networks.view import View
from gradatim.explain.traces.record import Beside, Line, Part, matrix
from gradatim.explain.traces.sums_as_text import number, product_sum, short

TERMS, OF_MORE = 9, 5  # products that are written out
KERNELS = 3  # channels of a kernel that are shown whole; of more the first two


class Conv(Explainer):
    """y_o[m] = b_o + Σ_c Σ_k W_oc[k] x_c[S m + D k − P], with one place filled in."""

    word = "filter"
    equations = ("z_o[m] = b_o + Σ_c Σ_k W_oc[k] x_c[S m + D k − P]",)
    backward_equations = ("∂L/∂W_oc[k] = Σ_m g_o[m] x_c[S m + D k − P]    ∂L/∂b_o = Σ_m g_o[m]    g = ∂L/∂z",)

    def whole(self, view: View) -> list[Part]:
        """The kernels, the first place of the first map filled in, and the maps."""
        w = view.own(view.step.before)["weight"]
        kernels = [
            map_table(f"W_{o + 1}{c + 1}", w[o, c]) for o in range(w.shape[0]) for c in range(w.shape[1])
        ]
        first = (0,) * (view.z.ndim - 2)
        return [Beside(kernels), *self.place(view, 0, first), *super().whole(view)]

    def opened(self, view: View, n: int, rest: list[str]) -> list[Part]:
        """One filter: its kernel, its gradient and what it becomes, its map, and one place filled in."""
        z = view.of_unit(view.z, n)
        place = place_of(view, n, rest, z)
        w, g, new = (
            view.own(a)["weight"][n] for a in (view.step.before, view.step.gradients, view.step.after)
        )
        parts: list[Part] = [*self.lines(view), *self.place(view, n, place)]
        shown_of = len(w) if len(w) <= KERNELS else 2
        for c in range(shown_of):
            parts.append(Beside([map_table(f"{name} of channel {c + 1}", one[c])
                                 for name, one in (("W", w), ("∂L/∂W", g), ("new W", new))]))  # fmt: skip
        if len(w) > KERNELS:
            parts.append(Line(f"The filter reads {len(w)} channels; shown are the first two."))
        own = view.own(view.step.before)
        if "bias" in own:
            b, db, nb = (
                float(view.own(a)["bias"][n])
                for a in (view.step.before, view.step.gradients, view.step.after)
            )
            parts.append(
                Line(f"  b = {short(b)}    ∂L/∂b = {view.minus}Σ_m δ[m] = {short(db)}    new b = {short(nb)}")
            )
        maps = [map_table("z", z), map_table(f"h = {view.activation}(z)", view.of_unit(view.h, n))]
        shown = maps if view.block.activations else maps[:1]
        return [*parts, Beside([*shown, map_table("δ", view.of_unit(view.delta, n))])]

    def place(self, view: View, n: int, place: tuple[int, ...]) -> list[Part]:
        """One place of a map as a sum in numbers."""
        window, kernel = seen_at(view, n, place)
        bias = view.own(view.step.before).get("bias")
        at = ",".join(str(i + 1) for i in place)
        value = float(view.of_unit(view.z, n)[place])
        name = f"{view.block.name}.{n + 1}[{at}]"
        parts: list[Part] = [Line(f"At {at} of {view.block.name}.{n + 1} the window and the kernel are:")]
        tables = [
            t for c in range(len(window) if len(window) <= KERNELS else 1)
            for t in (matrix(f"x, channel {c + 1}", _flat(window[c]), 3),
                      matrix(f"W, channel {c + 1}", _flat(kernel[c]), 3))
        ]  # fmt: skip
        last = () if bias is None else (float(bias[n]),)
        pairs = [(float(a), float(b)) for a, b in zip(kernel.ravel(), window.ravel(), strict=True)]
        top = sorted(range(len(pairs)), key=lambda i: -abs(pairs[i][0] * pairs[i][1]))
        shown = pairs if len(pairs) <= TERMS else [pairs[i] for i in top[:OF_MORE]]
        text = product_sum([*shown, last] if last else shown)
        more = f" + … ({len(pairs) - len(shown):,} more)" if len(pairs) > len(shown) else ""
        found: list[Part] = [*parts, Beside(tables), Line(f"  {name} = {text}{more} = {short(value, 6)}")]
        if view.activation:
            h = float(view.of_unit(view.h, n)[place])
            found.append(Line(f"  h = {view.activation}({number(value)}) = {short(h, 6)}"))
        return found


def seen_at(view: View, n: int, place: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """What filter n sees at a place, (C, …), and its kernel, as they are multiplied."""
    with view.as_before() as layer:
        assert isinstance(layer, Windowed)
        axes, window = layer.axes, layer.window
        kernel = layer.weight()[n].copy()  # type: ignore[attr-defined]
        padded = layer._bordered(np.ascontiguousarray(view.x)).copy()  # type: ignore[attr-defined]  # (C, …, 1)
    size = window.size
    steps = zip(place, size, window.stride, window.dilation, strict=True)
    where = tuple(slice(m * s, m * s + (f - 1) * d + 1, d) for m, f, s, d in steps)
    groups = view.x.shape[1] // kernel.shape[0]
    first = (n // (view.z.shape[1] // groups)) * kernel.shape[0]
    seen = padded[(slice(first, first + kernel.shape[0]), *where, 0)]
    assert seen.ndim == axes + 1
    return seen, kernel


def place_of(view: View, n: int, rest: list[str], z: np.ndarray) -> tuple[int, ...]:
    """The place that is asked for, or where the map is largest."""
    if not rest:
        return tuple(int(i) for i in np.unravel_index(int(z.argmax()), z.shape))
    if len(rest) != z.ndim or not all(
        p.isdigit() and 1 <= int(p) <= s for p, s in zip(rest, z.shape, strict=False)
    ):
        size = " × ".join(map(str, z.shape))
        raise UsageError(f"the map {view.block.name}.{n + 1} is {size}; it has no place {'.'.join(rest)}")
    return tuple(int(p) - 1 for p in rest)


def _flat(values: np.ndarray) -> np.ndarray:
    return values.reshape(-1, values.shape[-1]) if values.ndim > 1 else values[None]
