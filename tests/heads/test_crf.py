"""The CRF against enumeration of all tag sequences, in float64."""

import itertools

import pytest
import torch
from allennlp.modules.conditional_random_field import ConditionalRandomField
from allennlp.modules.conditional_random_field.conditional_random_field import is_transition_allowed
from hypothesis import given, settings
from hypothesis import strategies as st

from hmtl.heads.crf import LinearChainCRF
from hmtl.heads.tags import TagSet


def make(encoding: str, labels: list[str], lengths: list[int], seed: int, scale: float = 1.0):
    torch.manual_seed(seed)
    names = TagSet(labels, encoding).names
    crf = LinearChainCRF(names, encoding).double()
    with torch.no_grad():
        for parameter in crf.parameters():
            parameter.normal_(std=scale)
    width = max(lengths) + 1
    logits = torch.randn(len(lengths), width, len(names), dtype=torch.float64, requires_grad=True)
    tags = torch.randint(0, len(names), (len(lengths), width))
    mask = torch.arange(width) < torch.tensor(lengths).unsqueeze(1)
    return crf, logits, tags, mask, names


def path_score(crf, logits, path):
    score = crf.start_transitions[path[0]] + crf.end_transitions[path[-1]]
    score = score + sum(logits[t, tag] for t, tag in enumerate(path))
    return score + sum((crf.transitions[a, b] for a, b in itertools.pairwise(path)), torch.tensor(0.0))


def enumerated(crf, logits, tags, length):
    """log p(tags | logits) of one row from all paths."""
    paths = itertools.product(range(logits.shape[1]), repeat=length)
    scores = torch.stack([path_score(crf, logits, path) for path in paths])
    return path_score(crf, logits, tags[:length].tolist()) - scores.logsumexp(0)


SIZES = {
    "encoding": st.sampled_from(["BIO", "BIOUL"]),
    "lengths": st.lists(st.integers(1, 4), min_size=1, max_size=3),
    "seed": st.integers(0, 10**6),
}


@settings(max_examples=15, deadline=None)
@given(**SIZES, scale=st.sampled_from([0.1, 3.0, 100.0]))
def test_likelihood_and_gradient_are_those_of_the_enumeration(encoding, lengths, seed, scale):
    # a scale of 100 spreads the transitions beyond what the matrix product may be used for
    crf, logits, tags, mask, _ = make(encoding, ["A"], lengths, seed, scale)
    variables = [logits, *crf.parameters()]
    ours = crf(logits, tags, mask)
    expected = torch.stack([enumerated(crf, logits[r], tags[r], n) for r, n in enumerate(lengths)])
    torch.testing.assert_close(ours, expected, rtol=1e-9, atol=1e-9)
    theirs = torch.autograd.grad(expected.sum(), variables, materialize_grads=True)
    for a, b in zip(torch.autograd.grad(ours.sum(), variables), theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-8, atol=1e-8)


def is_allowed(path, names, encoding):
    ends = {"START": ("START", ""), "END": ("END", "")}
    steps = [ends.get(name, (name[0], name[1:])) for name in ("START", *(names[tag] for tag in path), "END")]
    return all(
        is_transition_allowed(encoding, *before, *after) for before, after in itertools.pairwise(steps)
    )


@settings(max_examples=25, deadline=None)
@given(**SIZES)
def test_decoder_finds_the_best_allowed_path(encoding, lengths, seed):
    crf, logits, _, mask, names = make(encoding, ["A", "B"], [min(n, 3) for n in lengths], seed)
    found = crf.best_tags(logits, mask)
    assert found[~mask].eq(0).all()
    for row, length in enumerate(mask.sum(1).tolist()):
        paths = itertools.product(range(len(names)), repeat=length)
        allowed = [path for path in paths if is_allowed(path, names, encoding)]
        best = max(allowed, key=lambda path: path_score(crf, logits[row], path).item())
        assert tuple(found[row, :length].tolist()) == best


@pytest.mark.parametrize("encoding", ["BIO", "BIOUL"])
def test_agrees_with_allennlp_on_a_real_size(encoding):
    crf, logits, tags, mask, names = make(encoding, [f"L{i}" for i in range(6)], [30, 1, 17, 29], seed=5)
    reference = ConditionalRandomField(len(names)).double()
    reference.load_state_dict(crf.state_dict(), strict=False)
    torch.testing.assert_close(crf(logits, tags, mask).sum(), reference(logits, tags, mask))


def test_padding_may_hold_anything():
    crf, logits, tags, mask, _ = make("BIO", ["A"], [2, 4], seed=3)
    clean = crf(logits, tags, mask)
    poisoned = logits.detach().masked_fill(~mask.unsqueeze(-1), torch.nan).requires_grad_()
    torch.testing.assert_close(crf(poisoned, tags.masked_fill(~mask, 99), mask), clean)
    crf(poisoned, tags, mask).sum().backward()
    assert poisoned.grad.isfinite().all() and poisoned.grad[~mask].eq(0).all()
    assert crf.best_tags(poisoned, mask).equal(crf.best_tags(logits, mask))


@pytest.mark.parametrize("scale", [0.1, 100.0])
@pytest.mark.parametrize("junk", [1e30, -1e30])
def test_padding_may_hold_any_number_and_any_tag(junk, scale):
    crf, logits, tags, mask, _ = make("BIO", ["A"], [2, 4], seed=3, scale=scale)
    clean = crf(logits, tags, mask)
    poisoned = logits.detach().masked_fill(~mask.unsqueeze(-1), junk).requires_grad_()
    poisoned.data[:, -1, 0] = 0.0
    torch.testing.assert_close(crf(poisoned, tags.masked_fill(~mask, 2), mask), clean)
    crf(poisoned, tags, mask).sum().backward()
    assert poisoned.grad.isfinite().all() and poisoned.grad[~mask].eq(0).all()
    assert crf.best_tags(poisoned, mask).equal(crf.best_tags(logits, mask))


def single_precision_follows(crf, logits, tags, mask):
    exact = crf(logits, tags, mask)
    single = logits.float().requires_grad_()
    value = crf.float()(single, tags, mask)
    torch.testing.assert_close(value.double(), exact, rtol=1e-5, atol=1e-2)
    value.sum().backward()
    assert single.grad.isfinite().all()


@pytest.mark.parametrize("scale", [1.0, 20.0, 1000.0])
def test_float32_is_stable(scale):
    """Logits and transitions far beyond what exp can hold."""
    crf, logits, tags, mask, _ = make("BIOUL", ["A", "B"], [40, 60], seed=8, scale=scale)
    logits = (logits * 500).detach()
    single_precision_follows(crf, logits, tags, mask)


@pytest.mark.parametrize("name", ["start_transitions", "end_transitions", "transitions"])
def test_a_tag_that_all_but_cannot_be(name):
    """Single precision still knows it where the text leaves no other."""
    crf, logits, tags, mask, _ = make("BIO", ["A"], [3, 5], seed=4)
    with torch.no_grad():
        getattr(crf, name)[1] -= 200
    logits = logits.detach() + 300 * torch.eye(3)[1]
    single_precision_follows(crf, logits, tags, mask)


def test_gradient_may_be_asked_for_twice():
    crf, logits, tags, mask, _ = make("BIO", ["A"], [3, 5], seed=4)
    loss = crf(logits, tags, mask).sum()
    first, second = (torch.autograd.grad(loss, logits, retain_graph=True)[0] for _ in range(2))
    assert first.equal(second)


def test_likelihood_under_autocast_is_single_precision():
    crf, logits, tags, mask, _ = make("BIO", ["A"], [5, 3], seed=2)
    crf, logits = crf.float(), logits.float()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside = crf(logits, tags, mask)
    assert inside.equal(crf(logits, tags, mask))


def test_initialisation_follows_the_original():
    torch.manual_seed(0)
    crf = LinearChainCRF(TagSet([f"L{i}" for i in range(50)], "BIOUL").names, "BIOUL")
    # Xavier: variance 2 / (fan in + fan out)
    assert crf.transitions.std().item() == pytest.approx((2 / (2 * 201)) ** 0.5, rel=0.02)
    ends = torch.cat([crf.start_transitions, crf.end_transitions])
    assert ends.std().item() == pytest.approx(1.0, rel=0.15)
