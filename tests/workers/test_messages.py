"""What goes between a process and its workers."""

import torch
from small_run import same

from hmtl.documents import Document, Span
from hmtl.workers.messages import pack, unpack


def test_tensors_of_any_type_and_shape_arrive_as_they_were_and_can_be_written() -> None:
    tensors = [
        torch.arange(24).view(2, 3, 4).transpose(0, 2),
        torch.tensor([True, False]),
        torch.zeros(0, 5),
        torch.tensor(3.5, dtype=torch.float64),
    ]
    arrived = unpack(pack({"tensors": tensors}))["tensors"]
    assert same(arrived, tensors)
    arrived[0] += 1
    assert torch.equal(arrived[0], tensors[0] + 1)


def test_a_document_that_stands_twice_arrives_as_one() -> None:
    document = Document("d", ("Ada", "smiled"), entities=(Span(0, 0, "PER"),))
    first, second = unpack(pack([document, document]))
    assert first == document and first is second
