"""What a network costs, as text for a terminal."""

from typing import Any

from gradatim.explain.text_table import table

WIDEST, NARROWEST = 44, 4  # characters of a layer's description


def costs(result: dict[str, Any], width: int | None = None) -> str:
    """The layers of a network, and the sums; in so many columns where there is a width."""
    head = ["layer", "output", "receptive\nfield", "parameters", "multiply-adds", "activation\nmemory"]
    rows = _rows(result, WIDEST)
    lines = table(head, rows)
    over = 0 if width is None else max(map(len, lines.split("\n"))) - width
    if over > 0:  # layers in fewer letters, so that no line is broken
        head[2] = "field"
        longest = max(len(row["layer"]) for row in result["layers"])
        lines = table(head, _rows(result, max(min(WIDEST, longest) - over, NARROWEST)))
    return "\n".join([lines, "", *_sums(result)])


def _rows(result: dict[str, Any], widest: int) -> list[list[str]]:
    """A row for each layer, its description in so many letters."""
    return [
        [
            f"{row['name']} {_short(row['layer'], widest)}".strip(), _times(row["output"]),
            _field(row["receptive_field"]), f"{row['parameters']:,}", f"{row['multiply_adds']:,}",
            f"{row['kept_bytes']:,}",
        ]
        for row in result["layers"]
    ]  # fmt: skip


def _sums(result: dict[str, Any]) -> list[str]:
    a, b, o = result["activations"], result["bytes"], result["optimizer"]
    held = b["training"]
    return [
        f"input           {_sizes(result['input'])}; numbers are for one example, bytes for a batch of "
        f"{result['batch_size']}",
        f"parameters      {result['parameters']:,}",
        f"multiply-adds   {result['multiply_adds']:,}",
        f"activations     {a['convolutions']:,} outputs of convolutions",
        f"                {a['convolutions_and_sums']:,} with the residual sums",
        *_kept(a["kept_for_backward"]),
        f"prediction      {_mega(b['prediction']['total'])}: weights {_mega(b['prediction']['weights'])}, "
        f"tensors alive at the worst moment {_mega(b['prediction']['live'])}",
        *_training(held, o["name"]),
        f"often counted   {_mega(b['as_often_counted'])}: weights, outputs of convolutions and residual sums",
    ]


def _kept(kept: dict[str, int] | None) -> list[str]:
    if kept is None:
        return []
    return [f"                {kept['bytes']:,} bytes: everything kept for the backward pass"]


def _training(held: dict[str, Any], optimizer: str) -> list[str]:
    if "refused" in held:
        return [f"training        {held['refused']}"]
    return [
        f"training        {_mega(held['total'])}: weights {_mega(held['weights'])}, {optimizer} "
        f"{_mega(held['optimizer'])}, a step's tensors {_mega(held['step'])} at the worst moment",
        f"                with the gradients of all weights, {_mega(held['gradients'])}, in the end",
    ]


def _mega(size: int) -> str:
    """Bytes in words; a megabyte is 10⁶."""
    return f"{size / 1e6:,.1f} MB" if size >= 1e5 else f"{size:,} bytes"


def _sizes(shapes: list) -> str:
    """One input's shape, or those of several."""
    return " and ".join(map(_times, shapes)) if isinstance(shapes[0], list) else _times(shapes)


def _times(shape: list[int]) -> str:
    return " × ".join(map(str, shape))


def _field(seen: Any) -> str:
    if seen is None or seen == "all":
        return seen or ""
    return str(seen[0]) if len(set(seen)) == 1 else "×".join(map(str, seen))


def _short(layer: str, widest: int) -> str:
    return layer if len(layer) <= widest else layer[: widest - 1] + "…"
