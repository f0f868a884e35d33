"""Client of SjcGrpc's ScoreServer and FieldOptimizer: arrays in, arrays out."""

from .errors import RefusedError, SjcError, UnavailableError, Violation
from .optimizer import JobEvent, Optimizer, View
from .scorer import PendingScores, SampleEvent, Scorer, Scores

__all__ = [
    "JobEvent",
    "Optimizer",
    "PendingScores",
    "RefusedError",
    "SampleEvent",
    "Scorer",
    "Scores",
    "SjcError",
    "UnavailableError",
    "View",
    "Violation",
]
