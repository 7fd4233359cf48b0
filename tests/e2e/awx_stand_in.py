# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of the REST API of AWX 24 as the collection awx.awx asks for: objects, what they are linked to, and surveys.

It keeps what it is sent and gives it back, hides what is secret as AWX does, and refuses what AWX refuses: a credential
type that is in use is not changed, and a template needs a project that has been fetched.
"""

from __future__ import annotations

import contextlib
import copy
import http.server
import json
import re
import threading
import typing as t
import urllib.parse

ROOT = "/api/v2/"
TOKEN = "a-token-of-the-stand-in"
HIDDEN = "$encrypted$"
Raw = dict[str, t.Any]
# Lists, and what is linked to their objects: by what name, and the list that it is from.
NODES = "workflow_job_template_nodes"
LINKS: dict[str, dict[str, str]] = {
    "organizations": {},
    "credential_types": {},
    "credentials": {},
    "projects": {},
    "inventories": {},
    "hosts": {},
    "execution_environments": {},
    "job_templates": {"credentials": "credentials"},
    "workflow_job_templates": {},
    NODES: {"success_nodes": NODES, "failure_nodes": NODES, "always_nodes": NODES},
}
UNIFIED = ("projects", "job_templates", "workflow_job_templates")


class Refused(Exception):
    """An answer other than of success."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Awx:
    """What is there, and every request that asked to change it."""

    def __init__(self) -> None:
        self.lists: dict[str, dict[int, Raw]] = {name: {} for name in LINKS}
        self.links: dict[tuple[int, str], list[int]] = {}
        self.surveys: dict[int, Raw] = {}
        self.changes: list[str] = []
        self.address = ""
        self._last = 0
        self.create("organizations", {"name": "Default"})

    def named(self, kind: str, name: str) -> Raw:
        (found,) = [one for one in self.lists[kind].values() if name in (one.get("name"), one.get("identifier"))]
        return found

    def linked(self, one: Raw, link: str) -> list[str]:
        whole = {number: other for objects in self.lists.values() for number, other in objects.items()}
        others = [whole[number] for number in self.links.get((one["id"], link), [])]
        return [str(other.get("identifier") or other["name"]) for other in others]

    def answer(self, method: str, path: str, asked: dict[str, str], body: Raw) -> tuple[int, Raw]:
        kind, *rest = path.removeprefix(ROOT).strip("/").split("/")
        if method != "GET":
            self.changes.append(f"{method} {path}")
        if kind == "unified_job_templates":
            return 200, self._listed([one for name in UNIFIED for one in self.lists[name].values()], asked)
        if kind not in self.lists:
            raise Refused(404, f"there is no {path}")
        if not rest:
            if method == "POST":
                return 201, self._shown(self.create(kind, body))
            return 200, self._listed(list(self.lists[kind].values()), asked)
        one = self.lists[kind].get(int(rest[0])) if rest[0].isdigit() else None
        if one is None:
            raise Refused(404, f"there is no {path}")
        if len(rest) == 1:
            if method == "PATCH":
                self._change(kind, one, body)
            return 200, self._shown(one)
        return self._beside(method, kind, one, rest[1], body)

    def create(self, kind: str, body: Raw) -> Raw:
        if kind == "job_templates" and body.get("project") not in self.lists["projects"]:
            raise Refused(400, "a project is needed")
        self._last += 1
        one = {**body, "id": self._last, "type": kind.rstrip("s"), "url": f"{ROOT}{kind}/{self._last}/"}
        one["related"] = {"survey_spec": f"{one['url']}survey_spec/"}
        one["summary_fields"] = {}
        if kind == "projects":
            one["scm_revision"] = "0" * 40
        self.lists[kind][self._last] = one
        return one

    def _change(self, kind: str, one: Raw, body: Raw) -> None:
        in_use = [other for other in self.lists["credentials"].values() if other.get("credential_type") == one["id"]]
        if kind == "credential_types" and in_use and {"inputs", "injectors"} & set(body):
            raise Refused(403, "Modifications to inputs are not allowed for credential types that are in use")
        one.update(body)

    def _beside(self, method: str, kind: str, one: Raw, what: str, body: Raw) -> tuple[int, Raw]:
        if what == "survey_spec":
            if method == "POST":
                self.surveys[one["id"]] = body
            return 200, self.surveys.get(one["id"], {})
        if what not in LINKS[kind]:
            raise Refused(404, f"{kind} have no {what}")
        linked = self.links.setdefault((one["id"], what), [])
        if method == "POST":
            if body.get("disassociate"):
                linked.remove(body["id"])
            elif body["id"] in self.lists[LINKS[kind][what]]:
                linked.append(body["id"])
            else:
                raise Refused(404, "there is no such object")
            return 204, {}
        return 200, self._listed([self.lists[LINKS[kind][what]][number] for number in linked], {})

    def _listed(self, objects: list[Raw], asked: dict[str, str]) -> Raw:
        wanted = {name: value for name, value in asked.items() if name not in ("page_size", "page")}
        found = [one for one in objects if all(str(one.get(name)) == value for name, value in wanted.items())]
        return {"count": len(found), "next": None, "results": [self._shown(one) for one in found]}

    def _shown(self, one: Raw) -> Raw:
        kind = self.lists["credential_types"].get(one.get("credential_type", 0))
        if kind is None:
            return one
        secret = {field["id"] for field in kind["inputs"]["fields"] if field.get("secret")}
        inputs = {name: HIDDEN if name in secret else value for name, value in one["inputs"].items()}
        return {**one, "inputs": inputs}


class _Handler(http.server.BaseHTTPRequestHandler):
    awx: Awx

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        where = urllib.parse.urlsplit(self.path)
        asked = dict(urllib.parse.parse_qsl(where.query, keep_blank_values=True))
        try:
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                raise Refused(401, "Authentication credentials were not provided.")
            if not re.match(ROOT, where.path):
                raise Refused(404, f"there is no {where.path}")
            status, answer = self.awx.answer(self.command, where.path, asked, body)
        except Refused as refused:
            status, answer = refused.status, {"detail": str(refused)}
        content = b"" if status == 204 else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("X-API-Product-Name", "AWX")
        self.send_header("X-API-Product-Version", "24.6.1")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 - the names are those of http.server

    def log_message(self, *given: t.Any) -> None:
        """Nothing: what was asked for is in the list of changes."""


@contextlib.contextmanager
def running(like: Awx | None = None) -> t.Iterator[Awx]:
    """An AWX with an organization and nothing else, or one that is like another."""
    awx = copy.deepcopy(like) or Awx()
    awx.changes.clear()
    handler = type("Handler", (_Handler,), {"awx": awx})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        awx.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield awx
        finally:
            server.shutdown()
            thread.join()
