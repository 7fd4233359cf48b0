# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Requests by hand, with a password token unless told otherwise. Nothing of the collection's own client is used."""

from __future__ import annotations

import typing as t

import requests

from tests.emulator import seed
from tests.emulator.testing import Emulator

NORTH, SOUTH = "cn-north-4", "cn-south-1"
COPY = {"name": "replica", "region": SOUTH, "project_name": SOUTH, "agency_name": "ims_copy_image"}


class Api:
    """One user; a token for each project that is used."""

    def __init__(self, emulator: Emulator, user: str = "operator") -> None:
        self.emulator = emulator
        self.user = user
        self.session = requests.Session()
        self.session.trust_env = False
        self._tokens: dict[str, str] = {}

    def __enter__(self) -> Api:
        return self

    def __exit__(self, *error: object) -> None:
        self.session.close()

    def token(self, project: str) -> str:
        if project not in self._tokens:
            reply = self.login(project)
            assert reply.status_code == 201, reply.text
            self._tokens[project] = reply.headers["X-Subject-Token"]
        return self._tokens[project]

    def login(self, project: str | None, password: str | None = None, **more: t.Any) -> requests.Response:
        secret = seed.USERS[self.user].password if password is None else password
        user = {"name": self.user, "password": secret, "domain": {"name": seed.ACCOUNT}}
        auth: dict[str, t.Any] = {"identity": {"methods": ["password"], "password": {"user": user}}}
        if project is not None:
            auth["scope"] = {"project": {"name": project}}
        return self.session.post(
            f"{self.emulator.iam_endpoint}/v3/auth/tokens", json={"auth": auth}, timeout=10, **more
        )

    def ims(
        self, method: str, path: str, region: str = NORTH, project: str | None = None, **options: t.Any
    ) -> requests.Response:
        headers = {"X-Auth-Token": self.token(project or region), **options.pop("headers", {})}
        url = self.emulator.ims_endpoint.format(region=region) + path
        return self.session.request(method, url, headers=headers, timeout=10, **options)

    def iam(self, method: str, path: str, **options: t.Any) -> requests.Response:
        headers = {"X-Auth-Token": self.token(NORTH), **options.pop("headers", {})}
        url = self.emulator.iam_endpoint + path
        return self.session.request(method, url, headers=headers, timeout=10, **options)

    def copy(self, image_id: str, project: str = NORTH, **changes: t.Any) -> requests.Response:
        """A copy to cn-south-1; a change to None leaves the field out."""
        body = {name: value for name, value in {**COPY, **changes}.items() if value is not None}
        return self.ims("POST", f"/v1/cloudimages/{image_id}/cross_region_copy", project=project, json=body)

    def submit(self, image_id: str, **changes: t.Any) -> str:
        """A copy that has to be accepted; answers the job id."""
        reply = self.copy(image_id, **changes)
        assert reply.status_code == 200, reply.text
        return str(reply.json()["job_id"])

    def job(self, job_id: str, **options: t.Any) -> dict[str, t.Any]:
        reply = self.ims("GET", f"/v1/cloudimages/job/{job_id}", **options)
        assert reply.status_code == 200, reply.text
        document: dict[str, t.Any] = reply.json()
        return document

    def images(self, region: str = NORTH, project: str | None = None, **query: t.Any) -> list[dict[str, t.Any]]:
        reply = self.ims("GET", "/v2/cloudimages", region, project, params=query)
        assert reply.status_code == 200, reply.text
        found: list[dict[str, t.Any]] = reply.json()["images"]
        return found

    def names(self, region: str = NORTH, project: str | None = None, **query: t.Any) -> set[str]:
        return {image["name"] for image in self.images(region, project, **query)}


def code(reply: requests.Response) -> tuple[int, t.Any]:
    """The status and the code of a refusal, whatever its shape."""
    body = reply.json()
    inner = body.get("error", body)
    return reply.status_code, inner.get("code", inner.get("error_code"))
