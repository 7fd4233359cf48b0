# SPDX-License-Identifier: GPL-3.0-or-later
"""An agency of another account: whose it is, and the keys that a caller is given for it."""

from __future__ import annotations

import datetime
import json
import pathlib
import typing as t

import pytest

from ansible_collections.huaweicloud.ims.plugins.module_utils._client.agencies import AssumeRole
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.assumed import AssumedProof
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.auth import Client, KeyProof, LoginRefused, Scope
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.connection import Connection, resolve
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.hiding import Secrets
from ansible_collections.huaweicloud.ims.plugins.module_utils._client.transport import Request
from ansible_collections.huaweicloud.ims.plugins.module_utils._errors import BadReply, InputError, NotSent
from tests.unit.support import FakeClock, answer, hang_up

KEYS = {"access_key": "AK", "secret_key": "SK"}
ENV_KEYS = {"HW_ACCESS_KEY": "hw-ak", "HW_SECRET_KEY": "hw-sk"}
OPS = {"HW_ASSUME_ROLE_AGENCY_NAME": "ops", "HW_ASSUME_ROLE_DOMAIN_NAME": "acme"}
NORTH = Scope("r-1", "p1")


def problems_of(params: t.Mapping[str, t.Any], environ: t.Mapping[str, str]) -> list[str]:
    with pytest.raises(InputError) as caught:
        resolve(params, environ)
    return caught.value.problems


# -- which agency ------------------------------------------------------------------------------------------------------


def test_the_environment_names_an_agency_for_its_own_caller() -> None:
    assert resolve({}, {**ENV_KEYS, **OPS}).assume_role == AssumeRole("ops", "acme", None, 3600)
    assert resolve(KEYS, {**ENV_KEYS, **OPS}).assume_role is None


def test_an_agency_that_is_given_is_assumed_by_whoever_calls_and_takes_nothing_of_the_environment() -> None:
    given = {"assume_role": {"agency_name": "mine", "domain_id": "d1"}}
    wanted = AssumeRole("mine", None, "d1", 3600)
    environ = {**OPS, "HW_ASSUME_ROLE_DURATION": "900"}
    assert resolve({**KEYS, **given}, environ).assume_role == wanted
    assert resolve(given, {**ENV_KEYS, **environ}).assume_role == wanted


def test_blank_parts_are_none_at_all() -> None:
    blank = {"agency_name": " ", "domain_name": "", "domain_id": None, "duration": None}
    assert resolve({**KEYS, "assume_role": blank}, {}).assume_role is None
    assert resolve(KEYS, {}).assume_role is None


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"agency_name": "ops"}, "assume_role needs domain_name (HW_ASSUME_ROLE_DOMAIN_NAME) or domain_id"),
        ({"domain_name": "acme"}, "assume_role needs agency_name (HW_ASSUME_ROLE_AGENCY_NAME) with domain_name"),
        ({"agency_name": "ops", "domain_id": "d", "duration": 899}, "must be 900 to 86400 seconds, not '899'"),
        ({"agency_name": "ops", "domain_id": "d", "duration": 86401}, "must be 900 to 86400 seconds, not '86401'"),
        ({"agency_name": "ops", "domain_id": "d", "duration": "an hour"}, "not 'an hour'"),
    ],
)
def test_what_is_wrong_with_it_is_said_before_anybody_is_asked(given: dict[str, t.Any], wrong: str) -> None:
    (said,) = problems_of({**KEYS, "assume_role": given}, {})
    assert wrong in said


@pytest.mark.parametrize("duration", [900, 86400])
def test_the_bounds_of_the_duration_are_allowed(duration: int) -> None:
    environ = {**ENV_KEYS, **OPS, "HW_ASSUME_ROLE_DURATION": str(duration)}
    role = resolve({}, environ).assume_role
    assert role is not None
    assert role.duration == duration


def test_the_agency_of_a_profile_is_assumed_unless_another_is_given(tmp_path: pathlib.Path) -> None:
    keys = {"accessKeyId": "ak", "secretAccessKey": "sk"}
    profile = {"name": "default", **keys, "agencyName": "theirs", "agencyDomainName": "acme"}
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"profiles": [profile]}))
    file = {"shared_config_file": str(path)}
    assert resolve(file, {}).assume_role == AssumeRole("theirs", "acme")
    given = {"agency_name": "mine", "domain_name": "other"}
    assert resolve({**file, "assume_role": given}, {}).assume_role == AssumeRole("mine", "other")


# -- its keys ----------------------------------------------------------------------------------------------------------


def key_answer(name: str, clock: FakeClock, seconds: float = 3600) -> t.Any:
    expires = clock.utcnow() + datetime.timedelta(seconds=seconds)
    credential = {
        "access": f"AK{name}",
        "secret": f"secret-of-{name}",
        "securitytoken": f"token-of-{name}",
        "expires_at": expires.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
    return answer(201, {"credential": credential})


@pytest.fixture
def assume(connect: t.Any, clock: FakeClock) -> t.Any:
    def proof(server: t.Any, secrets: Secrets | None = None) -> AssumedProof:
        connection = Connection(access_key="MINE", secret_key="my-secret", iam_endpoint=server.url)
        caller = Client(connect(), KeyProof(connection, clock), server.url, Scope("r-1"), service="IAM")
        return AssumedProof(AssumeRole("ops", "acme", None, 900), caller, clock, secrets or Secrets())

    return proof


def signed_by(proof: AssumedProof) -> tuple[str, str]:
    headers = proof.prove(NORTH)(Request("GET", "http://x/"))
    return headers["Authorization"].split("Access=")[1].split(",")[0], headers["X-Security-Token"]


def test_a_request_is_signed_with_a_key_of_the_agency_for_which_the_caller_signs(
    serve: t.Any, assume: t.Any, clock: FakeClock
) -> None:
    server = serve(key_answer("one", clock))
    proof = assume(server)
    assert signed_by(proof) == signed_by(proof) == ("AKone", "token-of-one")
    assert proof.headers(NORTH) == {"X-Project-Id": "p1"}
    (asked,) = server.received
    role = {"agency_name": "ops", "duration_seconds": 900, "domain_name": "acme"}
    assert asked.json == {"auth": {"identity": {"methods": ["assume_role"], "assume_role": role}}}
    assert asked.target == "/v3.0/OS-CREDENTIAL/securitytokens"
    assert "Access=MINE," in asked.headers["authorization"]


def test_a_key_is_fetched_anew_shortly_before_it_runs_out(serve: t.Any, assume: t.Any, clock: FakeClock) -> None:
    proof = assume(serve(key_answer("one", clock, 900), key_answer("two", clock, 1800)))
    assert signed_by(proof)[0] == "AKone"
    clock.sleep(809)
    assert signed_by(proof)[0] == "AKone"
    clock.sleep(1)
    assert signed_by(proof)[0] == "AKtwo"


def test_a_key_that_is_refused_is_replaced(serve: t.Any, assume: t.Any, clock: FakeClock) -> None:
    proof = assume(serve(key_answer("one", clock), key_answer("two", clock)))
    assert signed_by(proof)[0] == "AKone"
    assert proof.renew(NORTH)
    assert signed_by(proof)[0] == "AKtwo"


@pytest.mark.parametrize(("status", "remedy"), [(403, "Agent Operator"), (404, "Agent Operator"), (401, "")])
def test_an_agency_that_is_refused_is_not_asked_for_again(
    serve: t.Any, assume: t.Any, status: int, remedy: str
) -> None:
    server = serve(answer(status, {"error": {"code": status, "message": "No.", "title": "x"}}))
    with pytest.raises(LoginRefused) as caught:
        signed_by(assume(server))
    assert caught.value.message.startswith("agency ops of account acme cannot be assumed: ")
    assert remedy in caught.value.hint
    assert len(server.received) == 1


def test_a_lost_answer_means_that_the_request_itself_was_not_sent(
    serve: t.Any, connect: t.Any, clock: FakeClock
) -> None:
    server = serve(hang_up)
    connection = Connection(access_key="MINE", secret_key="my-secret", iam_endpoint=server.url)
    caller = Client(connect(max_retries=0), KeyProof(connection, clock), server.url, Scope("r-1"), service="IAM")
    with pytest.raises(NotSent):
        signed_by(AssumedProof(AssumeRole("ops", "acme"), caller, clock, Secrets()))


@pytest.mark.parametrize(
    "reply",
    [{}, {"credential": {"access": "a"}}, {"credential": {"access": "a b", "secret": "s", "securitytoken": "t"}}, []],
    ids=["nothing", "half", "space", "list"],
)
def test_an_answer_without_a_key_is_none(serve: t.Any, assume: t.Any, reply: t.Any) -> None:
    with pytest.raises(BadReply) as caught:
        signed_by(assume(serve(answer(201, reply))))
    assert "holds no key" in caught.value.message


def test_the_parts_of_a_key_are_secrets(serve: t.Any, assume: t.Any, clock: FakeClock) -> None:
    secrets = Secrets()
    signed_by(assume(serve(key_answer("one", clock)), secrets))
    assert "secret-of-one" not in secrets.hidden("x secret-of-one")
    assert "token-of-one" not in secrets.hidden("x token-of-one")
