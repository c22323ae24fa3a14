"""What a network's graph is: its layers of connections, depth and width (curriculum A8)."""

from typing import Any, NamedTuple

CONNECTED = {
    "dense": "complete bipartite",
    "partial": "partially connected",
    "convolution": "local, weights shared",
    "local": "local, weights not shared",
    "subsampling": "local, one weight a map",
    "recurrent": "complete, and recurrent",
    "lateral": "within the layer",
    "embedding": "one row for each input",
    "symmetric": "complete bipartite, both ways",
}  # how the units of a kind are connected


class GraphLayer(NamedTuple):
    """The connections that lead to one layer of units; in a convolution a unit stands for a map."""

    name: str
    kind: str  # of CONNECTED
    inputs: int
    units: int
    weights: int
    biases: int
    kernel: tuple[int, ...] = ()
    connections: list[list[int]] | None = None  # of a partial layer: (units, inputs) of 0 and 1
    loops: int = 0  # recurrent layers one above the other

    @property
    def words(self) -> str:
        """The connection in words, `local, weights shared, 5×5`."""
        size = "×".join(map(str, self.kernel))
        return f"{CONNECTED[self.kind]}, {size}" if size else CONNECTED[self.kind]


class Graph(NamedTuple):
    """Layers in order; parameters outside of them, of normalisations and shortcuts; how many are hidden."""

    layers: list[GraphLayer]
    elsewhere: int
    depth: int

    @property
    def width(self) -> list[int]:
        """The units of every hidden layer."""
        hidden = [layer.units for layer in self.layers if layer.kind != "lateral"]
        return hidden if self.layers and self.layers[-1].kind == "symmetric" else hidden[:-1]

    def as_dict(self) -> dict[str, Any]:
        """The graph for JSON."""
        rows = [
            {"name": layer.name, "kind": layer.kind, "connected": layer.words, "inputs": layer.inputs,
             "units": layer.units, "weights": layer.weights, "biases": layer.biases}
            for layer in self.layers
        ]  # fmt: skip
        return {"depth": self.depth, "width": self.width, "layers": rows, "elsewhere": self.elsewhere}


def depth_of(way: list[GraphLayer]) -> int:
    """Hidden layers on the way from the inputs to the outputs, which are no hidden layer."""
    steps = sum(max(1, layer.loops) for layer in way if layer.kind != "lateral")
    return max(steps - (0 if way and way[-1].kind == "symmetric" else 1), 0)
