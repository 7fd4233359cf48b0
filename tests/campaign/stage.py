# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual time, and who acts in it: one at a time, each at its own moment, so that a seed repeats a scenario."""

from __future__ import annotations

import datetime
import heapq
import threading
import typing as t

from tests.emulator.clock import VirtualClock


class Killed(BaseException):
    """The process is gone: nothing of the collection catches this."""


class Endless(BaseException):
    """It went on for longer than anything may, in virtual seconds or in steps."""


class Stage:
    """Whoever sleeps hands over to whoever is due next; nothing else moves the clock."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._due: list[tuple[float, int, Actor | t.Callable[[], None]]] = []
        self._number = 0
        self._done = threading.Semaphore(0)
        self._acting = 0
        self.me: Actor | None = None

    @property
    def now(self) -> float:
        return self._clock.now()

    def moment(self) -> datetime.datetime:
        return self._clock.moment()

    def at(self, moment: float, act: Actor | t.Callable[[], None]) -> None:
        """Something happens at a moment, whoever acts then."""
        self._number += 1
        heapq.heappush(self._due, (moment, self._number, act))

    def play(self, actors: t.Sequence[Actor]) -> None:
        """Has all of them act until the last one has ended; what is due later stays due."""
        self._acting = len(actors)
        for actor in actors:
            self.at(self.now + actor.starts_after, actor)
        if len(actors) == 1:
            self._pass_on(actors[0])
            self._act(actors[0])
            return
        threads = [threading.Thread(target=self._wait_and_act, args=(actor,), daemon=True) for actor in actors]
        for thread in threads:
            thread.start()
        self._pass_on(None)
        self._done.acquire()
        for thread in threads:
            thread.join()

    def pass_time(self, seconds: float) -> None:
        """Nobody acts, and what is due happens."""
        until = self.now + seconds
        while self._due and self._due[0][0] <= until:
            self._happen()
        self._move(until)

    def sleep(self, actor: Actor, until: float) -> None:
        if self._due and self._due[0][0] <= until:
            self.at(until, actor)
            self._pass_on(actor)
        else:
            self._move(until)

    def _pass_on(self, actor: Actor | None) -> None:
        """Whatever is due happens, until it is an actor's turn; returns when it is the turn of this one."""
        while True:
            next_one = self._happen()
            if next_one is None:
                continue
            self.me = next_one
            if next_one is actor:
                return
            next_one.turn.release()
            if actor is not None:
                actor.turn.acquire()
            return

    def _happen(self) -> Actor | None:
        moment, _number, act = heapq.heappop(self._due)
        self._move(moment)
        if isinstance(act, Actor):
            return act
        act()
        return None

    def _move(self, moment: float) -> None:
        self._clock.advance(max(0.0, moment - self.now))

    def _wait_and_act(self, actor: Actor) -> None:
        actor.turn.acquire()
        self._act(actor)
        if self._acting:
            self._pass_on(None)
        else:
            self._done.release()

    def _act(self, actor: Actor) -> None:
        try:
            actor.act()
        finally:
            self._acting -= 1
            self.me = None


class Actor:
    """One process on the stage, with a clock of its own, which is the one that the modules are handed.

    :param skew: seconds by which its time of day is ahead
    :param dies_at: the virtual moment at which it is killed
    :param most_seconds: after so long it is taken for endless, as after ``most_steps`` requests and pauses
    """

    most_steps = 30_000

    def __init__(
        self, stage: Stage, act: t.Callable[[], None], *, starts_after: float = 0.0, skew: float = 0.0
    ) -> None:
        self.act = act
        self.stage = stage
        self.starts_after = starts_after
        self.skew = skew
        self.turn = threading.Semaphore(0)
        self.dies_at: float | None = None
        self.most_seconds = float("inf")
        self.began: float | None = None
        self.steps = 0
        self.dead = False
        self.after_step: t.Callable[[], None] = lambda: None

    # -- the clock of the modules ------------------------------------------------------------------------------------

    def monotonic(self) -> float:
        return self.stage.now

    def utcnow(self) -> datetime.datetime:
        return self.stage.moment() + datetime.timedelta(seconds=self.skew)

    def sleep(self, seconds: float) -> None:
        self.step()
        self.wait(seconds)

    # -- the rest ----------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Something is done that could be the last thing that is done."""
        if self.began is None:
            self.began = self.stage.now
        self.steps += 1
        self.check()
        self.after_step()
        if self.steps > self.most_steps or self.stage.now - self.began > self.most_seconds:
            self.dead = True
            raise Endless

    def check(self) -> None:
        if self.dead:
            raise Killed

    def die(self) -> t.NoReturn:
        self.dead = True
        raise Killed

    def wait(self, seconds: float) -> None:
        """Time passes, and the process may be killed meanwhile."""
        until = self.stage.now + max(0.0, seconds)
        if self.dies_at is not None and until >= self.dies_at:
            self.stage.sleep(self, max(self.stage.now, self.dies_at))
            self.die()
        self.stage.sleep(self, until)
        self.check()
