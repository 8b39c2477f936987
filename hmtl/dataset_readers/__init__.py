"""Documents in, instances out: one reader for each task."""

from hmtl.dataset_readers.coref import CorefReader
from hmtl.dataset_readers.emd import EmdReader
from hmtl.dataset_readers.multi_task import MultiTaskReader
from hmtl.dataset_readers.ner import NerReader
from hmtl.dataset_readers.relation import RelationReader
from hmtl.dataset_readers.task_reader import TaskReader

__all__ = ["CorefReader", "EmdReader", "MultiTaskReader", "NerReader", "RelationReader", "TaskReader"]
