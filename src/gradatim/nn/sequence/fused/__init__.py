"""A cell that was read, run: its passes over the steps in C or on a GPU, as one node of autograd's graph."""
