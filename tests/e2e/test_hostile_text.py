# SPDX-License-Identifier: GPL-3.0-or-later
"""What others chose to call an image, or the service to say of a job, is shown, and no terminal acts on it."""

from __future__ import annotations

import re

import pytest

from tests.e2e.role_support import Role

# Clears the screen, writes over the line above, turns the direction of writing, and sets the title of a window.
HOSTILE = "evil\x1b[2J\x1b[1A\r\x9b31m\u202e\u2066\x1b]0;x\x07"


# What a task registers is printed as JSON, with values as they are; whatever JSON escapes, it escapes.
RESULT = re.compile(r"(fatal|ok|changed): \[localhost\](: FAILED!)? => \{")


@pytest.mark.parametrize("flags", [(), ("--check", "--diff"), ("-v",)], ids=["run", "plan", "verbose"])
def test_no_character_that_a_terminal_acts_upon_is_printed(ansible, cloud, flags):
    for name in ("debian-12-db", "centos-7-legacy"):
        image = cloud.image(name)
        cloud.patch_image(image["id"], name=f"{name} {HOSTILE}", __os_version=HOSTILE, __description=HOSTILE)
    cloud.outcome(image_id=image["id"], status="FAIL", error_code="IMG.0151", fail_reason=HOSTILE, times=None)
    migrate = Role(ansible).task(query="[?contains(name, 'evil')]", progress_interval=1, name_template="r-{id}")

    outcome = ansible.play(*flags, tasks=[migrate])

    lines = (outcome.output + outcome.errors).split("\n")
    assert any(re.search(r"debian-12-db evil\\+x1b\[2J", line) for line in lines)
    assert [line for line in lines if any(sign < " " or sign == "\x7f" for sign in line)] == []
    assert [line for line in lines if not line.isprintable() and not RESULT.match(line)] == []
