# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What tests hold of an emulator: its endpoints and its control interface. Needs nothing but the standard library."""

from __future__ import annotations

import contextlib
import http.client
import json
import pathlib
import ssl
import threading
import typing as t
import urllib.parse

from . import seed

Raw = dict[str, t.Any]


class Tls(t.NamedTuple):
    """PEM files: the certificate chain, its key, and the authority that clients are to trust (if not the chain)."""

    certificate: pathlib.Path
    key: pathlib.Path
    authority: pathlib.Path | None = None


class ControlError(Exception):
    """The emulator did not understand what a test asked of it."""


class Emulator:
    """A handle on a running emulator, made from what its port file holds."""

    def __init__(self, info: t.Mapping[str, t.Any], ca_path: str | None = None) -> None:
        self.base_url: str = info["base_url"]
        self.iam_endpoint: str = info["iam_endpoint"]
        self.ims_endpoint: str = info["ims_endpoint"]
        self.iam_port_endpoint: str | None = info.get("iam_port_endpoint")
        self.region_endpoints: dict[str, str] = dict(info.get("region_endpoints", {}))
        self.ca_path = ca_path
        where = urllib.parse.urlsplit(self.base_url)
        # One connection for all calls: tests move the time of a cloud thousands of times.
        self._connection = (
            http.client.HTTPConnection(where.netloc, timeout=10)
            if ca_path is None
            else http.client.HTTPSConnection(
                where.netloc, timeout=10, context=ssl.create_default_context(cafile=ca_path)
            )
        )
        self._calling = threading.Lock()

    @classmethod
    def from_port_file(cls, path: str | pathlib.Path, ca_path: str | None = None) -> Emulator:
        return cls(json.loads(pathlib.Path(path).read_text(encoding="utf-8")), ca_path)

    def control(self, method: str, path: str, body: t.Any = None, **query: t.Any) -> t.Any:
        """One call of the control interface; raises :class:`ControlError`."""
        given = {name: value for name, value in query.items() if value is not None}
        url = f"/_emulator{path}" + (f"?{urllib.parse.urlencode(given)}" if given else "")
        data = None if body is None else json.dumps(body).encode()
        with self._calling:
            try:
                self._connection.request(method, url, data)
                reply = self._connection.getresponse()
                answer = reply.read()
            except BaseException:
                # What was half said would be taken for the next answer.
                self._connection.close()
                raise
        if reply.status >= 400:
            raise ControlError(f"{method} {path}: {answer.decode()}")
        return json.loads(answer)

    def close(self) -> None:
        """Gives the connection back; a later call makes a new one."""
        with self._calling:
            self._connection.close()

    # What was asked of the services.

    def journal(self, operation: str | None = None, region: str | None = None, since: float | None = None) -> list[Raw]:
        found: list[Raw] = self.control("GET", "/journal", operation=operation, region=region, since=since)["requests"]
        return found

    def mutations(self) -> list[Raw]:
        """Requests that ask IMS to change something, whether or not it did."""
        return [entry for entry in self.journal() if entry["mutating"] and entry["service"] == "ims"]

    def copies(self) -> list[Raw]:
        return self.journal(operation="CopyImageCrossRegion")

    def clear_journal(self) -> None:
        self.control("DELETE", "/journal")

    # Trouble, behaviour and time.

    def fault(self, **fault: t.Any) -> str:
        """Adds a fault; answers its id. Conditions may be given flat: ``fault(operation="ListImages", do="drop")``."""
        match = dict(fault.pop("match", {}))
        for name in ("operation", "service", "region", "method", "path"):
            if name in fault:
                match[name] = fault.pop(name)
        return str(self.control("POST", "/faults", {"match": match, **fault})["id"])

    def faults(self) -> list[Raw]:
        found: list[Raw] = self.control("GET", "/faults")["faults"]
        return found

    def clear_faults(self) -> None:
        self.control("DELETE", "/faults")

    def switch(self, **switches: t.Any) -> Raw:
        """Sets switches; answers the position of all of them."""
        positions: Raw = self.control("PATCH", "/switches", switches)
        return positions

    def advance(self, seconds: float) -> float:
        """Moves virtual time forward; answers the new one."""
        return float(self.control("POST", "/clock", {"advance": seconds})["monotonic"])

    def now(self) -> float:
        """Virtual seconds since the start."""
        return float(self.health()["monotonic"])

    def health(self) -> Raw:
        health: Raw = self.control("GET", "/health")
        return health

    def reset(self) -> None:
        self.control("POST", "/reset")

    # What the cloud holds.

    def images(self, region: str | None = None) -> list[Raw]:
        """Raw images of the region, those that no caller sees yet included."""
        found: list[Raw] = self.control("GET", "/images", region=region)["images"]
        return found

    def image(self, name: str, region: str = "cn-north-4") -> Raw:
        """The one image of that name; raises LookupError for none or several."""
        found = [raw for raw in self.images(region) if raw["name"] == name]
        if len(found) != 1:
            raise LookupError(f"{len(found)} images are called {name} in {region}")
        return found[0]

    def add_image(self, region: str, project: str | None = None, **raw: t.Any) -> Raw:
        added: Raw = self.control("POST", "/images", {"region": region, "project": project, "image": raw})
        return added

    def patch_image(self, image_id: str, **raw: t.Any) -> Raw:
        """Sets raw attributes; None takes one away."""
        changed: Raw = self.control("PATCH", f"/images/{image_id}", raw)
        return changed

    def delete_image(self, image_id: str) -> None:
        self.control("DELETE", f"/images/{image_id}")

    def outcome(self, **outcome: t.Any) -> None:
        self.control("POST", "/outcomes", outcome)

    def occupy_slots(self, count: int, seconds: float) -> None:
        self.control("POST", "/slots", {"count": count, "seconds": seconds})

    def set_quota(self, region: str, quota: int, project: str | None = None) -> None:
        self.control("PATCH", "/quotas", {"region": region, "project": project, "quota": quota})

    def tokens(self) -> list[str]:
        """Every token issued so far."""
        issued: list[str] = self.control("GET", "/tokens")["tokens"]
        return issued

    def expire_tokens(self) -> None:
        self.control("POST", "/tokens/expire")

    def jobs(self) -> list[Raw]:
        found: list[Raw] = self.control("GET", "/jobs")["jobs"]
        return found

    def env(self, user: str = "operator", how: str = "aksk") -> dict[str, str]:
        """The HW_* variables with which the collection finds this emulator: ``aksk``, ``password`` or ``temporary``."""
        variables = {"HW_AUTH_URL": self.iam_endpoint, "HW_IMS_ENDPOINT": self.ims_endpoint}
        if self.ca_path is not None:
            variables["HW_CACERT"] = self.ca_path
        if how == "password":
            password = seed.USERS[user].password
            account = seed.USERS[user].account
            return {**variables, "HW_USER_NAME": user, "HW_USER_PASSWORD": password, "HW_DOMAIN_NAME": account}
        wanted = {"aksk": False, "temporary": True}[how]
        for key in seed.ACCESS_KEYS.values():
            if key.user == user and (key.security_token is not None) == wanted:
                variables.update({"HW_ACCESS_KEY": key.access, "HW_SECRET_KEY": key.secret})
                if key.security_token is not None:
                    variables["HW_SECURITY_TOKEN"] = key.security_token
                return variables
        raise ValueError(f"{user} has no {how} credentials")


@contextlib.contextmanager
def running(
    *,
    manual_clock: bool = False,
    time_scale: float = 60,
    region_ports: bool = False,
    tls: Tls | tuple[t.Any, ...] | None = None,
    switches: t.Mapping[str, t.Any] | None = None,
    in_process: bool = True,
) -> t.Iterator[Emulator]:
    """An emulator for as long as the block lasts, in a thread of this process or (``in_process=False``) in its own."""
    from . import _running

    secure = None if tls is None else Tls(*(None if path is None else pathlib.Path(path) for path in tls))  # type: ignore[arg-type]
    options = _running.Options(manual_clock, time_scale, region_ports, secure, dict(switches or {}))
    start = _running.in_thread if in_process else _running.as_process
    authority = None if secure is None else str(secure.authority or secure.certificate)
    with start(options) as info, contextlib.closing(Emulator(info, authority)) as emulator:
        yield emulator
