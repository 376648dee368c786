"""The last round of the play: volunteers are invited to what still waits, and some have said when and about what."""

from forum.core import clock
from forum.demo.people import Stage
from forum.recognition.routing import inviting
from forum.recognition.routing.actions import choose
from forum.recognition.routing.inputs import ChooseAvailability
from forum.recognition.routing.learned import Learned
from forum.recognition.routing.memory import Memory

AT_ANY_HOUR = 4
"""So many volunteers can be asked whenever the demo is made, be it a Sunday night."""


def invite_volunteers(stage: Stage) -> None:
    mind = Memory()
    mind.catch_up(stage.session)
    busiest = [int(mind.history.names[one]) for one in mind.history.busiest(clock.now().timestamp() / 86_400)]
    for actor in stage.actors.values():
        if actor.id in busiest[:AT_ANY_HOUR]:
            choose(stage.session, actor, ChooseAvailability(quiet_from=0, quiet_until=0, weekends=True))
    stage.session.flush()
    inviting.invite_for_all(stage.session, mind, Learned(), stage.random)
