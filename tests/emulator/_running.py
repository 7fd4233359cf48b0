# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How :func:`testing.running` starts an emulator and ends it. Apart, so that a handle alone needs no aiohttp."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import typing as t

from .cli import tls_context
from .clock import VirtualClock
from .server import Server
from .testing import Tls
from .world import World

START_TIMEOUT = 20.0
STOP_TIMEOUT = 10.0


class Options(t.NamedTuple):
    manual_clock: bool
    time_scale: float
    region_ports: bool
    tls: Tls | None
    switches: dict[str, t.Any]


@contextlib.contextmanager
def in_thread(options: Options) -> t.Iterator[dict[str, t.Any]]:
    started: concurrent.futures.Future[dict[str, t.Any]] = concurrent.futures.Future()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    thread = threading.Thread(target=_thread, args=(options, loop, stop, started), name="emulator", daemon=True)
    thread.start()
    try:
        yield started.result(START_TIMEOUT)
    finally:
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)
        thread.join(STOP_TIMEOUT)


def _thread(
    options: Options,
    loop: asyncio.AbstractEventLoop,
    stop: asyncio.Event,
    started: concurrent.futures.Future[dict[str, t.Any]],
) -> None:
    # Nothing of the emulator is measured, and what measures coverage would slow it down.
    sys.settrace(None)
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(_serve(options, stop, started))
    except (OSError, ValueError) as error:
        started.set_exception(error)
    finally:
        loop.close()


async def _serve(options: Options, stop: asyncio.Event, started: concurrent.futures.Future[dict[str, t.Any]]) -> None:
    world = World(VirtualClock(options.time_scale, options.manual_clock), options.switches)
    tls = options.tls and tls_context(options.tls.certificate, options.tls.key)
    server = Server(world, tls=tls)
    try:
        started.set_result(await server.start(region_ports=options.region_ports))
        await stop.wait()
    finally:
        await server.stop()


@contextlib.contextmanager
def as_process(options: Options) -> t.Iterator[dict[str, t.Any]]:
    tests = pathlib.Path(__file__).resolve().parents[1]
    environment = {**os.environ, "PYTHONPATH": str(tests)}
    with tempfile.TemporaryDirectory() as folder:
        port_file = pathlib.Path(folder, "ports.json")
        command = [sys.executable, "-m", "emulator", "--port-file", str(port_file), *_arguments(options)]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        try:
            yield _wait_for(port_file, process)
        finally:
            process.send_signal(signal.SIGTERM)
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _arguments(options: Options) -> list[str]:
    arguments = ["--time-scale", str(options.time_scale)]
    if options.manual_clock:
        arguments.append("--manual-clock")
    if options.region_ports:
        arguments.append("--region-ports")
    if options.tls:
        arguments += ["--tls-cert", str(options.tls.certificate), "--tls-key", str(options.tls.key)]
    for name, value in options.switches.items():
        arguments += ["--switch", f"{name}={'null' if value is None else value}"]
    return arguments


def _wait_for(port_file: pathlib.Path, process: subprocess.Popen[bytes]) -> dict[str, t.Any]:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        if port_file.exists():
            info: dict[str, t.Any] = json.loads(port_file.read_text(encoding="utf-8"))
            return info
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise RuntimeError(f"the emulator did not start: exit status {process.poll()}")
