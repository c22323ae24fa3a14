"""Transposed convolutions: every number of a map put down as a kernel times it, sums where they overlap."""

from math import ceil

import numpy as np

from gradatim.explain.traces.networks.explainers.conv import KERNELS, OF_MORE, TERMS, place_of
from gradatim.explain.traces.networks.explainers.explainer import Explainer, map_table
from gradatim.explain.traces.networks.view import View
from gradatim.explain.traces.record import Beside, Line, Part
from gradatim.explain.traces.sums_as_text import number, product_sum, short

Place = tuple[int, ...]
Product = tuple[int, Place, Place]  # of a channel c, where m in x and k in its kernel


class ConvTranspose(Explainer):
    """z_o[i] = b_o + Σ_c Σ W_co[k] x_c[m] where S m + D k − P = i, with one place filled in."""

    word = "filter"
    equations = ("z_o[i] = b_o + Σ_c Σ_m,k W_co[k] x_c[m]    where S m + D k − P = i",)
    backward_equations = (
        "∂L/∂x_c[m] = Σ_o Σ_k W_co[k] g_o[S m + D k − P]    g = ∂L/∂z, 0 outside",
        "∂L/∂W_co[k] = Σ_m x_c[m] g_o[S m + D k − P]    ∂L/∂b_o = Σ_i g_o[i]",
    )

    def whole(self, view: View) -> list[Part]:
        """The kernels, the largest place of the first map filled in, and the maps."""
        kernels = [
            map_table(f"W_{c + 1}{n + 1}", self._kernel(view, view.own(view.step.before)["weight"], c, n))
            for n in range(view.count) for c in channels_of(view, n)
        ]  # fmt: skip
        z = view.of_unit(view.z, 0)
        return [Beside(kernels), *self.place(view, 0, place_of(view, 0, [], z)), *super().whole(view)]

    def opened(self, view: View, n: int, rest: list[str]) -> list[Part]:
        """One filter: its kernels with their gradients, its map, and one place filled in."""
        z = view.of_unit(view.z, n)
        parts: list[Part] = [*self.lines(view), *self.place(view, n, place_of(view, n, rest, z))]
        arrays = [("W", view.step.before), ("∂L/∂W", view.step.gradients), ("new W", view.step.after)]
        reads = channels_of(view, n)
        shown = reads if len(reads) <= KERNELS else reads[:2]
        for c in shown:
            parts.append(Beside([
                map_table(f"{name} of channel {c + 1}", self._kernel(view, view.own(a)["weight"], c, n))
                for name, a in arrays
            ]))  # fmt: skip
        if len(reads) > len(shown):
            parts.append(Line(f"The filter reads {len(reads)} channels; shown are the first two."))
        maps = [("z", z)] + (
            [(f"h = {view.activation}(z)", view.of_unit(view.h, n))] if view.activation else []
        )
        return [*parts, Beside([map_table(name, one) for name, one in
                                [*maps, ("δ", view.of_unit(view.delta, n))]])]  # fmt: skip

    def place(self, view: View, n: int, place: Place) -> list[Part]:
        """One place of a map as a sum in numbers: what was put down there."""
        w, own = view.own(view.step.before)["weight"], view.own(view.step.before)
        found = put_down_at(view, n, place)
        pairs = [(float(self._kernel(view, w, c, n)[k]), float(view.x[0, c][m])) for c, m, k in found]
        top = sorted(range(len(pairs)), key=lambda i: -abs(pairs[i][0] * pairs[i][1]))
        shown = pairs if len(pairs) <= TERMS else [pairs[i] for i in top[:OF_MORE]]
        last = [(float(own["bias"][n]),)] if "bias" in own else []
        more = f" + … ({len(pairs) - len(shown):,} more)" if len(pairs) > len(shown) else ""
        at, z = ",".join(str(i + 1) for i in place), float(view.of_unit(view.z, n)[place])
        name = f"{view.block.name}.{n + 1}[{at}]"
        where = ", ".join(dict.fromkeys(f"[{','.join(str(i + 1) for i in m)}]" for _, m, _ in found))
        parts: list[Part] = [
            Line(
                f"At {at} of {view.block.name}.{n + 1} these numbers of x were put down: {where or 'none'}."
            ),
            Line(f"  {name} = {product_sum([*shown, *last])}{more} = {short(z, 6)}"),
        ]
        if view.activation:
            h = float(view.of_unit(view.h, n)[place])
            parts.append(Line(f"  h = {view.activation}({number(z)}) = {short(h, 6)}"))
        return parts

    def _kernel(self, view: View, weight: np.ndarray, c: int, n: int) -> np.ndarray:
        """The kernel from channel c to map n, of its group."""
        return weight[c, n % weight.shape[1]]


def channels_of(view: View, n: int) -> range:
    """The channels that are put down in map n: those of its group."""
    weight = view.own(view.step.before)["weight"]
    groups = ceil(view.z.shape[1] / weight.shape[1])
    size, group = weight.shape[0] // groups, n // weight.shape[1]
    return range(group * size, (group + 1) * size)


def put_down_at(view: View, n: int, place: Place) -> list[Product]:
    """Every channel, m and k with S m + D k − P = the place."""
    window = view.layer.window  # type: ignore[attr-defined]
    sizes, found = view.x.shape[2:], []
    for k in np.ndindex(*window.size):
        m = []
        for i, j, s, d, p, size in zip(
            place, k, window.stride, window.dilation, window.padding, sizes, strict=True
        ):
            at, rest = divmod(i + p - d * j, s)
            if rest or not 0 <= at < size:
                break
            m.append(at)
        else:
            found += [(c, tuple(m), k) for c in channels_of(view, n)]
    return found
