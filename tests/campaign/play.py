# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays a scenario in this process, on the virtual clock of the embedded cloud."""

from __future__ import annotations

import datetime
import json
import pathlib
import shutil
import tempfile
import typing as t

from tests.campaign.draw import SOURCE, Round, Scenario, Start
from tests.campaign.plot import BY_HAND, Director, Played
from tests.campaign.stage import Stage
from tests.campaign.theatre import Result, Theatre, Told, touched
from tests.campaign.trouble import Gap
from tests.campaign.wire import BASE, Runner, Sent, Trouble, Wire
from tests.emulator import auth, seed
from tests.emulator.clock import VirtualClock
from tests.emulator.exchange import Request
from tests.emulator.world import World

EPOCH = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
SHM = pathlib.Path("/dev/shm")


class Player(Director):
    """Has the modules run in this process, on the virtual clock of the cloud."""

    def __init__(self, scenario: Scenario, folder: pathlib.Path) -> None:
        self._clock = VirtualClock(manual=True, epoch=EPOCH)
        super().__init__(scenario, folder, World(self._clock, scenario.switches))
        self.stage = Stage(self._clock)
        self._wire = Wire(self.world, self.stage, self._dice, scenario.latency)
        self._theatre = Theatre(self.stage, self._wire)
        # Troubles that are over for nobody.
        self._lasting: list[Trouble] = [] if scenario.may_mark else [_no_marks()]
        self._hands = BY_HAND
        self._is_calm = False
        for name in ("host-0", "host-1"):
            (folder / name).mkdir()
        (folder / "in-the-way").write_text("no folder")

    def play(self) -> Played:
        with self._theatre.open(self.scenario.seed):
            played = self.direct(self._wire.book)
        played.written = [path.read_text() for path in self._folder.rglob("*") if path.is_file()]
        return played

    # -- trouble -------------------------------------------------------------------------------------------------------

    def _round(self, one: Round) -> None:
        now = self.stage.now
        self._wire.troubles[:] = [*self._lasting, *one.troubles]
        for gap in one.gaps:
            self._gap(now, gap)
        if one.revoked_after is not None:
            self.stage.at(now + one.revoked_after, lambda: auth.expire_tokens(self.world.cloud))
        for after, count, seconds in one.slots_taken:
            self.stage.at(now + after, lambda count=count, seconds=seconds: self._occupy(count, seconds))  # type: ignore[misc]
        for after, number in one.by_hand:
            self.stage.at(now + after, lambda number=number: self._by_hand(number))  # type: ignore[misc]
        actors = [self._start(start) for start in one.starts]
        self.stage.play(actors)

    def _occupy(self, count: int, seconds: float) -> None:
        self.world.cloud.occupy_slots(count, seconds)

    def _gap(self, now: float, gap: Gap) -> None:
        troubles, trouble = self._wire.troubles, gap.trouble
        # Once all is calm, what was still to come does not.
        self.stage.at(now + gap.begins, lambda: troubles.insert(0, trouble) if not self._is_calm else None)
        self.stage.at(now + gap.begins + gap.seconds, lambda: troubles.remove(trouble) if trouble in troubles else None)

    def _calm(self) -> None:
        self._is_calm = True
        self._wire.troubles[:] = self._lasting
        super()._calm()

    def _pass_time(self, seconds: float) -> None:
        self.stage.pass_time(seconds)

    # -- runs ----------------------------------------------------------------------------------------------------------

    def _alone(self) -> Told:
        self.stage.play([self._start(Start())])
        return self._runs[-1]

    def _start(self, start: Start) -> Runner:
        scenario = self.scenario
        options = {**scenario.options, **self._connection(), **start.options, **self._taken(start)}
        number = len(self._runs)
        state_dir = {
            "wiped": self._folder / f"container-{number}",
            "unwritable": self._folder / "in-the-way",
        }.get(scenario.setting, self._folder / f"host-{start.host}")
        told = Told(number, scenario.many, {**options, "state_dir": str(state_dir)}, start.check)
        self._runs.append(told)
        actor = self._theatre.runner(told, starts_after=start.after, skew=scenario.skews[start.host])
        copies = len(scenario.wanted)
        actor.most_seconds = (copies + 1) * (2 * options["wait_timeout"] + 2 * options["confirm_timeout"]) + 3600
        self._doom(actor, told, start)
        return actor

    def _doom(self, actor: Runner, told: Told, start: Start) -> None:
        death, now = start.death, self.stage.now + start.after
        if death is None:
            return
        if death.how == "time":
            actor.dies_at = now + death.at
        elif death.how == "step":
            actor.dies_at_step = int(death.at)
        elif death.how == "lease":
            told.unwatched_at = now + death.at
            lease = self._folder / f"lease-{told.number}"
            lease.touch()
            told.options["lease_file"] = str(lease)
            until = told.unwatched_at
            actor.after_step = lambda: touched(lease, self.stage) if self.stage.now < until else None
        else:
            actor.dies_in_copy = (int(death.at), death.how)

    def _connection(self) -> Result:
        scenario = self.scenario
        endpoints = {"iam_endpoint": f"{BASE}/iam", "ims_endpoint": BASE + "/ims/{region}"}
        user = seed.USERS[scenario.user]
        if scenario.auth == "password":
            return {**endpoints, "username": user.name, "password": user.password, "domain_name": seed.ACCOUNT}
        temporary = scenario.auth == "temporary"
        for key in seed.ACCESS_KEYS.values():
            if key.user == user.name and (key.security_token is not None) == temporary:
                own = {"access_key": key.access, "secret_key": key.secret, "security_token": key.security_token}
                return {**endpoints, **{name: value for name, value in own.items() if value is not None}}
        raise LookupError(f"{user.name} has no {scenario.auth} credentials")

    def _taken(self, start: Start) -> Result:
        """What a run takes over from the last one that had a result."""
        last = next((told.result for told in reversed(self._runs) if told.result is not None and not told.check), None)
        if start.takes is None or last is None:
            return {}
        if not self.scenario.many:
            if start.takes == "resume":
                return {"resume": last} if last.get("cut_short") else {}
            job = last.get("job")
            return {"job_id": job["id"]} if job and job["status"] not in ("FAIL", "FAILED") else {}
        results = last.get("results") or []
        if start.takes == "resume":
            return {"resume": results} if results else {}
        return {"images": self._with_jobs(results)}

    def _with_jobs(self, results: list[Result]) -> list[Result]:
        """The images of the playbook, each with the job that an earlier run has named; a job is one of one place."""
        images: list[Result] = self.scenario.options["images"]
        if len(self.scenario.options["destinations"]) > 1:
            return images
        jobs = {}
        for entry in results:
            if entry["job"] and entry["job"]["status"] not in ("FAIL", "FAILED"):
                jobs[entry["image_id"] or entry["image_name"]] = entry["job"]["id"]
        named = [(image, jobs.get(image.get("image_id") or image.get("image_name"))) for image in images]
        return [{**image, "job_id": job} if job else image for image, job in named]

    # -- somebody else -------------------------------------------------------------------------------------------------

    def _by_hand(self, number: int | None) -> None:
        wanted = self.scenario.wanted[number or 0]
        source = f"/v1/cloudimages/{wanted.source_id}/cross_region_copy"
        body: t.Any = {
            "name": wanted.name,
            "region": wanted.project.region,
            "project_name": wanted.project.name,
            "agency_name": "ims_copy_image",
        }
        method, path, kind = "POST", source, "application/json"
        if number is None:
            method, path = "PATCH", f"/v2/cloudimages/{wanted.source_id}"
            body = [{"op": "add", "path": "/__description", "value": f"looked at, at {self.stage.now:.0f} s"}]
        token, _token = auth.issue_token(self.world.cloud, seed.OPERATOR, SOURCE)
        headers = {"X-Auth-Token": token, "Content-Type": kind}
        self._hands += 1
        asked = Request(
            method, "ims", SOURCE.region, path, path, [], headers, json.dumps(body).encode(), f"hand {self._hands}"
        )
        entry = self.world.record(asked, path)
        sent = Sent(self._hands, entry, self.stage.now, self.stage.now)
        self._wire.book.append(sent)
        entry.status = sent.saw = self.world.carry_out(asked, entry).status


def _no_marks() -> Trouble:
    return Trouble("status", "UpdateImage", SOURCE.region, times=None, status=403, code="APIGW.0302")


def play(scenario: Scenario) -> Played:
    """What came of a scenario, in a folder of its own that is gone afterwards."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="campaign-", dir=SHM if SHM.is_dir() else None))
    try:
        return Player(scenario, folder).play()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
