"""The plain comparison that nobody should fall below: BM25 over everything each helper answered, as one text. Pure."""

import numpy as np

from forum.core.postings import K1, B
from forum.recognition.routing.history import Floats, History
from forum.recognition.routing.signals import Question


def profile_points(history: History, question: Question) -> Floats:
    people = len(history.names)
    number, helper, _, _ = history.parts.all().astype(np.int64)
    if not len(number):
        return np.zeros(people)
    lengths = np.bincount(helper, weights=history.words.lengths()[number], minlength=people)
    norm = K1 * (1 - B + B * lengths / max(float(lengths.mean()), 1e-9))
    points = np.zeros(people)
    for term in question.words:
        counts = np.bincount(helper, weights=history.words.counts(term)[number], minlength=people)
        held = int((counts > 0).sum())
        if held:
            points += np.log1p((people - held + 0.5) / (held + 0.5)) * counts * (K1 + 1) / (counts + norm)
    return points
