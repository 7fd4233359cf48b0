# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of README and guides show what the collection shows now."""

from __future__ import annotations

import pytest

from tests.tools import pictures

BLOCK = '[ims] 0:0{0} {0} of 8 done, 0 queued\n[ims] 0:0{0}   "image-{0}" -> cn-south-1: 10 %\n'
PRINTED = f"""
== 5. Many images
$ ansible-playbook huaweicloud.ims.migrate -e dir={pictures.ROOT}/here

TASK [huaweicloud.ims.image_migration : Copy the images] ***
{BLOCK.format(1)}{BLOCK.format(3)}{BLOCK.format(8)}changed: [localhost]

TASK [huaweicloud.ims.image_migration : Show how it ended] ***
\x1b[0;32mok: [localhost] => {{\x1b[0m
    "msg": "8 copies"
}}

PLAY RECAP ***

== 6. Again
"""


def test_the_pictures_that_are_kept_were_made_from_what_is_here_or_else_make_pictures_anew():
    kept = (pictures.KEPT / pictures.MADE_FROM).read_text(encoding="utf-8")
    assert kept.splitlines() == pictures.made_from().splitlines()


def test_every_kind_of_source_is_found():
    for pattern in pictures.SOURCES:
        assert list(pictures.ROOT.glob(pattern)), pattern


def test_the_scene_is_how_a_migration_began_how_it_stood_half_way_and_how_it_ended():
    assert pictures.scene(PRINTED) == [
        "$ ansible-playbook huaweicloud.ims.migrate -e dir=~/ims/here",
        "",
        "TASK [huaweicloud.ims.image_migration : Copy the images] ***",
        "[ims] 0:01 1 of 8 done, 0 queued",
        "...",
        "[ims] 0:03 3 of 8 done, 0 queued",
        '[ims] 0:03   "image-3" -> cn-south-1: 10 %',
        "...",
        "",
        "TASK [huaweicloud.ims.image_migration : Show how it ended] ***",
        "\x1b[0;32mok: [localhost] => {\x1b[0m",
        '    "msg": "8 copies"',
        "}",
    ]


def test_what_shows_no_migration_is_no_scene():
    with pytest.raises(ValueError, match="shows no migration"):
        pictures.scene("== 5. Nothing\n")


def test_a_drawing_has_the_lines_in_their_colours_and_fetches_nothing_from_elsewhere():
    drawing = pictures.drawn(pictures.scene(PRINTED))
    assert "image-3" in drawing and "&lt;" not in drawing
    assert len({part.split('"')[0] for part in drawing.split('class="migration-r')[1:]}) > 1
    assert [word for word in drawing.split('"') if word.startswith("http")] == ["http://www.w3.org/2000/svg"]
    assert "url(http" not in drawing and "@import" not in drawing
