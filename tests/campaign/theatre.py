# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the modules as they are, in this process: what they print is caught, and chance comes from the seed."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import os
import pathlib
import random
import secrets
import sys
import traceback
import typing as t
import unittest.mock
import uuid

import requests
from ansible.module_utils import basic
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.huaweicloud.ims.plugins.module_utils._client import transport
from ansible_collections.huaweicloud.ims.plugins.module_utils._engine import lease as leases
from ansible_collections.huaweicloud.ims.plugins.module_utils._entry.copy_one import copy_one
from ansible_collections.huaweicloud.ims.plugins.module_utils._entry.migrate import migrate
from ansible_collections.huaweicloud.ims.plugins.modules import ims_image_cross_region_copy, ims_image_migration
from tests.campaign.stage import Endless, Killed, Stage
from tests.campaign.wire import BASE, Runner, Wire
from tests.module_args import as_received, patch_module_args

Result = dict[str, t.Any]


@dataclasses.dataclass
class Told:
    """One run: what it was told, how it ended (``ended``, ``killed``, ``endless``, ``traceback``), and what it said."""

    number: int
    many: bool
    options: Result
    check: bool = False
    # What watched over it was gone at that moment.
    unwatched_at: float | None = None
    began: float = 0.0
    ended: float = 0.0
    how: str = ""
    text: str = ""
    warnings: list[str] = dataclasses.field(default_factory=list)
    result: Result | None = None


class _Stdout(io.TextIOBase):
    """Gives each run what it prints, and the rest to whoever had it before."""

    def __init__(self, stage: Stage, before: t.TextIO) -> None:
        self._stage = stage
        self._before = before
        self.texts: dict[int, list[str]] = {}

    def write(self, text: str) -> int:
        me = self._stage.me
        if isinstance(me, Runner):
            self.texts.setdefault(me.number, []).append(text)
            return len(text)
        return self._before.write(text)

    def flush(self) -> None:
        self._before.flush()


class Theatre:
    """What stands around the modules for as long as a scenario lasts."""

    def __init__(self, stage: Stage, wire: Wire) -> None:
        self.stage = stage
        self.wire = wire
        self.warnings: dict[int, list[str]] = {}
        self._stdout = _Stdout(stage, sys.stdout)

    @contextlib.contextmanager
    def open(self, seed: int) -> t.Iterator[None]:
        dice = random.Random(seed)
        made = transport._new_session

        def session(*given: t.Any) -> requests.Session:
            one = made(*given)
            one.mount(BASE, self.wire)
            return one

        signed = leases.Lease._sign

        def sign(lease: leases.Lease) -> None:
            signed(lease)
            touched(pathlib.Path(lease._path), self.stage)

        def warn(module: AnsibleModule, text: str) -> None:
            self.warnings.setdefault(t.cast(Runner, self.stage.me).number, []).append(text)

        kept = random.getstate()
        random.seed(seed)
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("HW_", "HUAWEICLOUD"))}
        patches = (
            unittest.mock.patch.object(transport, "_new_session", session),
            unittest.mock.patch.object(AnsibleModule, "warn", warn),
            unittest.mock.patch.object(AnsibleModule, "log", lambda *given, **more: None),
            unittest.mock.patch.object(leases.Lease, "_sign", sign),
            unittest.mock.patch.object(sys, "stdout", self._stdout),
            unittest.mock.patch.object(uuid, "uuid4", lambda: uuid.UUID(int=dice.getrandbits(128), version=4)),
            unittest.mock.patch.object(secrets, "token_hex", lambda count: dice.randbytes(count).hex()),
            unittest.mock.patch.object(secrets, "token_urlsafe", lambda count: dice.randbytes(count).hex()),
            unittest.mock.patch.dict(os.environ, environment, clear=True),
            patch_module_args(),
        )
        try:
            with contextlib.ExitStack() as stack:
                for patch in patches:
                    stack.enter_context(patch)
                yield
        finally:
            random.setstate(kept)

    def runner(self, told: Told, **more: t.Any) -> Runner:
        """Somebody who runs a module when it is his turn, and writes into ``told`` what came of it."""
        actor = Runner(self.stage, lambda: self._run(actor, told), **more)
        actor.number = told.number
        return actor

    def made(self, told: Told) -> t.Callable[[Runner], None]:
        """The module of a run, which reads what it was told."""
        if told.many:
            many = ims_image_migration.build()
            return lambda clock: migrate(many, clock)
        one = ims_image_cross_region_copy.build()
        return lambda clock: copy_one(one, clock)

    def _run(self, actor: Runner, told: Told) -> None:
        arguments = {**told.options, "_ansible_check_mode": told.check, "_ansible_remote_tmp": "/tmp"}
        told.began = self.stage.now
        try:
            # What a module was told is read when it is made, and nobody else acts meanwhile.
            encoded = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
            with unittest.mock.patch.object(basic, "_ANSIBLE_ARGS", encoded):
                work = self.made(told)
            work(actor)
            told.how = "traceback"
            told.text = "it neither exits nor fails"
        except SystemExit:
            told.how = "ended"
        except Killed:
            told.how = "killed"
        except Endless:
            told.how = "endless"
        except BaseException:  # noqa: BLE001 - whatever it is, it is what the user would see
            told.how = "traceback"
            told.text = traceback.format_exc()
        told.ended = self.stage.now
        told.text += "".join(self._stdout.texts.pop(told.number, []))
        told.warnings = self.warnings.pop(told.number, [])
        if told.how == "ended":
            try:
                told.text = as_received(told.text)
                told.result = json.loads(told.text, parse_constant=_no_json)
            except ValueError:
                told.how = "no JSON"


def _no_json(word: str) -> t.NoReturn:
    raise ValueError(f"{word} is no JSON")


def touched(path: pathlib.Path, stage: Stage) -> None:
    """A lease that somebody renews: its time is the stage's."""
    moment = int(stage.now * 1e9) + 1
    os.utime(path, ns=(moment, moment))
