"""The tree of a beam search holds what was found, and every node's log p."""

import pytest
import torch

from gradatim.data.text_units import END_NUMBER as END
from gradatim.decoding.beam_search import beam_search
from gradatim.decoding.beam_tree import beam_tree, path_of
from search_table import Table, log_p


@pytest.mark.parametrize("beam", [1, 3])
def test_every_node_is_a_prefix_with_its_log_p(beam):
    table = Table(6, seed=4)
    for x in range(4):
        nodes, found = beam_tree(table, torch.tensor([x]), None, 6, 7, beam)
        ((alone,),) = beam_search(table, torch.tensor([x]), None, 6, 7, beam)
        assert found.symbols == alone.symbols
        for node in nodes:
            symbols, here = [], node
            while True:
                symbols.insert(0, here.symbol)
                if here.parent < 0:
                    break
                here = nodes[here.parent]
            assert len(symbols) == node.step
            assert node.ends == (node.symbol == END)
            assert node.log_p == pytest.approx(log_p(table, x, symbols), abs=1e-12)
        going = [sum(not node.ends for node in nodes if node.step == t) for t in range(1, nodes[-1].step + 1)]
        assert max(going) == beam
        path = path_of(nodes, found)
        assert [nodes[k].symbol for k in sorted(path, key=lambda k: nodes[k].step)] == found.symbols
