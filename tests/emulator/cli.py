# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The command line: options, port file, and an orderly end on SIGTERM and SIGINT."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import pathlib
import shlex
import signal
import ssl
import typing as t

from . import seed
from .clock import VirtualClock
from .server import Server
from .switches import Switches
from .world import World


def main(arguments: t.Sequence[str] | None = None) -> int:
    """Serves until told to stop; answers the exit status."""
    options = _parser().parse_args(arguments)
    return asyncio.run(_serve(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="emulator", description="An emulated IAM and IMS.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--port-file", type=pathlib.Path, help="where to write the endpoints, as JSON, once it listens")
    parser.add_argument("--pid-file", type=pathlib.Path, help="where to write the process id")
    parser.add_argument("--env", action="store_true", help="print what a shell exports to use it, and not JSON")
    parser.add_argument("--region-ports", action="store_true", help="one more port for IAM and for each region")
    parser.add_argument("--time-scale", type=_scale, default=60.0, help="virtual seconds per real second")
    parser.add_argument("--manual-clock", action="store_true", help="time moves by the control interface only")
    parser.add_argument("--switch", type=_switch, action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--tls-cert", type=pathlib.Path, metavar="PEM")
    parser.add_argument("--tls-key", type=pathlib.Path, metavar="PEM")
    return parser


def _scale(text: str) -> float:
    scale = float(text)
    if scale <= 0:
        raise argparse.ArgumentTypeError("the time scale has to be above 0")
    return scale


def _switch(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError("a switch is given as NAME=VALUE")
    try:
        Switches({name: value})
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return name, value


def tls_context(certificate: pathlib.Path, key: pathlib.Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def _serve(options: argparse.Namespace) -> int:
    world = World(VirtualClock(options.time_scale, options.manual_clock), dict(options.switch))
    tls = tls_context(options.tls_cert, options.tls_key) if options.tls_cert else None
    server = Server(world, options.host, tls)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        info = await server.start(options.port, options.region_ports)
        if options.pid_file:
            _write(options.pid_file, f"{os.getpid()}\n")
        if options.port_file:
            _write(options.port_file, json.dumps(info, indent=2) + "\n")
        print(_exports(info, options.tls_cert) if options.env else json.dumps(info), flush=True)
        await stop.wait()
    finally:
        await server.stop()
    return 0


def _exports(info: t.Mapping[str, t.Any], certificate: pathlib.Path | None) -> str:
    """The variables with which whoever has the right to everything finds it, for a shell to read."""
    variables = {
        "HW_AUTH_URL": info["iam_endpoint"],
        "HW_IMS_ENDPOINT": info["ims_endpoint"],
        "HW_ACCESS_KEY": seed.OPERATOR_KEY.access,
        "HW_SECRET_KEY": seed.OPERATOR_KEY.secret,
        "HW_REGION_NAME": seed.CN_NORTH_4.region,
        **({"HW_CACERT": str(certificate.resolve())} if certificate else {}),
    }
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items())


def _write(path: pathlib.Path, text: str) -> None:
    """All or nothing: whoever waits for the file never reads half of it."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
