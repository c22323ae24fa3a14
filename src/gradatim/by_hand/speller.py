"""A small recurrent network that learns to spell a word (curriculum E20)."""

import numpy as np

from gradatim.by_hand.layers.rnn import RNN
from gradatim.by_hand.losses.classes import CrossEntropy
from gradatim.by_hand.network import Network
from gradatim.checks import UsageError, whole
from gradatim.functional.updates import sgd


class Speller:
    """An RNN without biases that reads a word's letters and says after each which comes next.

        h_t = tanh(W_xh x_t + W_hh h_{t−1}),   s_t = W_hy h_t,   p_t = softmax(s_t)
        L = mean_t −log p_t(next)

    x_t is one-hot over the word's letters, in the order of their first appearance. "hello" with three hidden
    units has 3·4 + 3·3 + 4·3 = 33 weights. They are drawn by `seed`, to one decimal, to fit on paper.

    Raises UsageError for a word without two different letters.

    >>> speller = Speller("hello")
    >>> speller.network.theta.size, "".join(speller.letters)
    (33, 'helo')
    """

    def __init__(self, word: str, hidden: int = 3, seed: int = 0):
        self.word, self.letters = word, list(dict.fromkeys(word))
        if len(self.letters) < 2:
            raise UsageError(f"word must have at least two different letters; it is {word!r}")
        K = len(self.letters)
        layers = [
            {"name": "rnn", "input_size": K, "hidden_size": whole("hidden", hidden, 1), "bias": False},
            {
                "name": "dense",
                "in_features": hidden,
                "out_features": K,
                "bias": False,
                "init": "lecun_uniform",
            },
        ]
        self.network = Network(layers, whole("seed", seed, 0, None), np.float64)
        self.network.theta[...] = self.network.theta.round(1)
        numbers = [self.letters.index(letter) for letter in word]
        self.x = np.eye(K)[numbers[:-1]]  # (T, K)
        self.y = np.array(numbers[1:])  # (T,)
        self.updates = 0

    @property
    def rnn(self) -> RNN:
        """The recurrent layer; W_xh is its weight_ih_l0, W_hh its weight_hh_l0."""
        layer = self.network.layers[0]
        assert isinstance(layer, RNN)
        return layer

    def backpropagate(self) -> tuple[np.ndarray, np.ndarray, float]:
        """The scores s (T, K), ∂L/∂s, and L; the gradients stand in the network."""
        scores = self.network.forward(self.x[:, None])[:, 0]
        loss, grad = CrossEntropy().mean_and_gradient(scores, self.y)
        self.network.backward(grad[:, None])
        return scores, grad, loss

    def update(self, lr: float) -> None:
        """One step of gradient descent, θ ← θ − η ∂L/∂θ, from what `backpropagate` left."""
        self.updates += 1
        sgd(self.network.theta, self.network.gradient, self.updates, lr=lr)

    def spelled(self) -> str:
        """The word's first letter, then the most probable letters, each fed back."""
        text = self.word[0]
        try:
            while len(text) < len(self.word):
                x = np.eye(len(self.letters))[[self.letters.index(text[-1])]]
                text += self.letters[int(self.network.forward(x[:, None]).argmax())]
                self.rnn.initial = self.rnn.state
        finally:
            self.rnn.initial = None
        return text
