# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup of an image's id, as a template asks for it."""

from __future__ import annotations

import re

import pytest

from tests.emulator import seed


@pytest.fixture
def look(ansible, cloud):
    """What the lookup gives, or says."""

    def run(arguments):
        task = {"ansible.builtin.debug": {"msg": f"{{{{ lookup('huaweicloud.ims.image_id', {arguments}) }}}}"}}
        outcome = ansible.play("-vvv", tasks=[task])
        return outcome.status, outcome.results[0].get("msg", "") if outcome.results else outcome.output + outcome.errors

    return run


def of(cloud, name, region="cn-north-4"):
    return cloud.image(name, region)["id"]


def test_it_gives_the_id_of_the_image_of_that_name(cloud, look):
    assert look("'debian-12-db', region='cn-north-4'") == (0, of(cloud, "debian-12-db"))
    both = [of(cloud, "debian-12-db"), of(cloud, "euleros-arm")]
    assert look("'debian-12-db', 'euleros-arm', region='cn-north-4', wantlist=true") == (0, both)
    assert look("['debian-12-db', 'euleros-arm'], region='cn-north-4', wantlist=true") == (0, both)


def test_a_query_chooses_and_the_newest_wins_where_that_is_asked_for(cloud, look):
    old, new = (
        cloud.add_image("cn-north-4", name=f"nightly-{day}", created_at=f"2026-02-0{day}T08:00:00Z") for day in (3, 5)
    )
    query = "query=\"[?matches(name, '^nightly-')]\", region='cn-north-4'"

    assert look(f"{query}, newest=true") == (0, new["id"])
    status, said = look(query)
    assert status != 0
    assert "there are 2 own images for the query in cn-north-4" in said
    assert old["id"] in said and new["id"] in said and "newest=true" in said


def test_two_of_one_name_are_not_guessed_at(cloud, look):
    cloud.add_image("cn-north-4", name="debian-12-db")

    status, said = look("'debian-12-db', region='cn-north-4'")

    assert status != 0
    assert 'there are 2 own images for "debian-12-db"' in said


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ("'nobody', region='cn-north-4'", 'there is no active own image for "nobody" in cn-north-4'),
        ("'being-created', region='cn-north-4'", "is saving"),
        ("'x', region='cn-north-4', project_name='cn-north-4_nowhere'", "there is no project cn-north-4_nowhere"),
        ("'x', query='[]', region='cn-north-4'", "either names or a query is needed, and not both"),
        ("region='cn-north-4'", "either names or a query is needed"),
        ("'x'", "region is required"),
        ("query='[?', region='cn-north-4'", "query is not a JMESPath expression"),
        ("query='[].name', region='cn-north-4'", "query must give images or their ids"),
        ("'x', region='cn-north-4', access_key='a'", "secret_key"),
    ],
)
def test_what_is_wrong_is_said_in_words(look, arguments, word):
    status, said = look(arguments)

    assert status != 0
    assert word in said
    assert re.search("Traceback", said) is None


def test_credentials_may_be_given_and_are_in_no_message(ansible, look):
    key = seed.OPERATOR_KEY
    for name in ("HW_ACCESS_KEY", "HW_SECRET_KEY"):
        ansible.environment.pop(name)
    given = f"'nobody', access_key='{key.access}', secret_key='{key.secret}', region='cn-north-4', max_retries=0"

    status, said = look(given)

    # The template itself is the user's own, and Ansible shows it.
    assert status != 0
    assert 'there is no active own image for "nobody"' in said


def test_an_option_that_there_is_not_is_named(look):
    status, said = look("'debian-12-db', region='cn-north-4', acess_key='x'")

    assert status != 0
    assert "acess_key" in said


def test_the_environment_tells_what_is_not_given_as_it_does_for_modules(ansible, cloud, look):
    ansible.environment["HW_REGION_NAME"] = "cn-north-4"
    assert look("'debian-12-db'") == (0, of(cloud, "debian-12-db"))

    ansible.environment["HW_MAX_RETRIES"] = "many"
    status, said = look("'debian-12-db'")
    assert status != 0
    assert "max_retries" in said
