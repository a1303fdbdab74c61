# SPDX-License-Identifier: Apache-2.0
"""The connector without a system: a sheet tells two people what to do, and they say that it is done."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.contain.interface import Connector, Holds, Outcome, Phase, Step, Target

STEPS = (
    Step("sign_in", Phase.CUT),
    Step("sessions", Phase.CUT),
    Step("single_sign_on", Phase.CUT),
    Step("tokens", Phase.CUT),
    Step("reset_path", Phase.CUT),
    Step("factors", Phase.CUT),
    Step("keys", Phase.CUT),
    Step("rules", Phase.CUT),
    Step("elsewhere", Phase.CUT),
    Step("identity", Phase.BACK),
    Step("new_factor", Phase.BACK),
    Step("reopening", Phase.BACK),
    Step("watch", Phase.BACK),
)
"""In the order in which they are worth doing: what lets somebody in comes before what they left behind."""

_ASK = Outcome(Holds.ASK_A_PERSON)


class ByHand(Connector):
    """Answers for every step, and every answer is: ask a person."""

    name = "by_hand"

    def state(self, target: Target) -> Mapping[str, Outcome]:
        """Nothing can be seen from here."""
        return {step.code: _ASK for step in self.plan(target)}

    def plan(self, target: Target) -> tuple[Step, ...]:
        """All steps: a system that has no such thing is said to have none, by somebody who looked."""
        del target
        return STEPS

    def do(self, step: Step, target: Target, *, key: str) -> Outcome:
        """A person does it."""
        del step, target, key
        return _ASK

    def verify(self, step: Step, target: Target) -> Outcome:
        """Another person looks."""
        del step, target
        return _ASK

    def undo(self, step: Step, target: Target, *, key: str) -> Outcome:
        """A person takes it back."""
        del step, target, key
        return _ASK
