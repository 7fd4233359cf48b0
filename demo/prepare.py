# SPDX-License-Identifier: GPL-3.0-or-later
"""Fills the embedded cloud of the demo with some more images, and prints the variables with which it is reached."""

from __future__ import annotations

import shlex
import sys

from tests.emulator.testing import Emulator

GIB = 1024**3
IMAGES = {
    "golden-alma-9-app": 5,
    "golden-suse-15-erp": 22,
    "golden-ubuntu-24.04-web": 4,
    "golden-debian-12-queue": 9,
    "golden-rocky-9-cache": 3,
}


def main() -> None:
    cloud = Emulator.from_port_file(sys.argv[1])
    for name, size in IMAGES.items():
        cloud.add_image("cn-north-4", name=name, __image_size=str(size * GIB), tags=["env=prod"])
    for name, value in cloud.env().items():
        print(f"export {name}={shlex.quote(value)}")


if __name__ == "__main__":
    main()
