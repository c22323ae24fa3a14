"""What is asked of a network: how its outputs are read, judged and said. One kind of answer a file."""
