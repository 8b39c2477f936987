"""The feed-forward scorer of spans and of pairs of spans."""

from torch import Tensor, nn

from hmtl.dropout import Dropout


class SpanScorer(nn.Module):
    """FFNN(x) with one output (Lee et al. 2017): hidden layers with ReLU and dropout, then a linear layer.

    Its first layer can be computed in parts: W [a ; b] = Wₐ a + W_b b, where a and b belong to words or
    to single spans, of which there are far fewer than of the spans or pairs that combine them. `parts`
    gives Wₐ, W_b, … and `finish` goes on from their sum.

    # Parameters

    sizes : widths of the parts of x. hidden_dim, layers : of the hidden layers, all alike. dropout :
        after each.
    """

    def __init__(self, sizes: tuple[int, ...], hidden_dim: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.sizes = sizes
        self.first = nn.Linear(sum(sizes), hidden_dim)
        rest: list[nn.Module] = [nn.ReLU(inplace=True), Dropout(dropout)]
        for _ in range(layers - 1):
            rest += [nn.Linear(hidden_dim, hidden_dim), nn.ReLU(inplace=True), Dropout(dropout)]
        self.rest = nn.Sequential(*rest, nn.Linear(hidden_dim, 1))

    def forward(self, features: Tensor) -> Tensor:
        """`(…, sum(sizes))` to `(…)`."""
        return self.finish(self.first(features))

    def parts(self) -> tuple[Tensor, ...]:
        """The first layer's weight for each part, `(hidden_dim, size)` each."""
        return self.first.weight.split(self.sizes, dim=1)

    def finish(self, hidden: Tensor) -> Tensor:
        """The first layer's sum with its bias, `(…, hidden_dim)`, to the score, `(…)`; the sum is
        overwritten."""
        return self.rest(hidden).squeeze(-1)


def initialise(module: nn.Module) -> None:
    """Xavier-normal weights and embeddings, as in the original HMTL, and zero biases."""
    for parameter in module.parameters():
        if parameter.dim() > 1:
            nn.init.xavier_normal_(parameter)
        else:
            nn.init.zeros_(parameter)
