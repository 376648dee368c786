"""What was learned last night, or what is usual."""

import json
from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlmodel import Session, col

from forum.core import clock
from forum.models import RoutingModel
from forum.recognition.routing.budget import Bar
from forum.recognition.routing.learning import USUAL, Weights

KEPT_NIGHTS = 30


@dataclass(frozen=True, slots=True)
class Learned:
    weights: Weights = USUAL
    bar: Bar = field(default_factory=lambda: Bar(least=0.0))
    """Without lessons nobody is held back: few helpers, few questions."""


def latest(session: Session) -> Learned:
    row = session.scalars(select(RoutingModel).order_by(col(RoutingModel.id).desc()).limit(1)).first()
    if row is None:
        return Learned()
    kept = json.loads(row.kept)
    own = {int(member_id): float(chance) for member_id, chance in kept["own"].items()}
    return Learned(Weights.from_json(kept["weights"]), Bar(float(kept["least"]), own))


def keep(session: Session, learned: Learned) -> None:
    """A new row each night; the oldest go."""
    own = {str(member_id): round(chance, 6) for member_id, chance in learned.bar.own.items()}
    kept = {"weights": learned.weights.as_json(), "least": round(learned.bar.least, 6), "own": own}
    row = RoutingModel(at=clock.now(), learned_from=learned.weights.learned_from, kept=json.dumps(kept))
    session.add(row)
    session.flush()
    newest = select(col(RoutingModel.id)).order_by(col(RoutingModel.id).desc()).limit(KEPT_NIGHTS)
    session.execute(delete(RoutingModel).where(col(RoutingModel.id).not_in(newest.scalar_subquery())))
