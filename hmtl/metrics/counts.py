"""From counts to precision, recall and F1. Shared by the metrics of sets."""


def precision_recall_f1(correct: float, predicted: float, gold: float) -> tuple[float, float, float]:
    """Each is 0 where it would divide by nothing."""
    precision = correct / predicted if predicted else 0.0
    recall = correct / gold if gold else 0.0
    return precision, recall, 2 * correct / (predicted + gold) if correct else 0.0
