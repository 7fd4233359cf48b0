# SPDX-License-Identifier: GPL-3.0-or-later
"""A headless Chromium, driven through the WebDriver protocol; tests/tools/browser.sh installs it."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import typing as t

import pytest
import requests

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
Found = dict[str, t.Any]


class Browser:
    """One window. Scripts that are run here come from the driver, which no policy of a page holds back."""

    def __init__(self, driver: str, profile: str, chromium: str) -> None:
        self._http = requests.Session()
        self._http.trust_env = False
        options = {
            "browserName": "chrome",
            "goog:chromeOptions": {"binary": chromium, "args": [*FLAGS, f"--user-data-dir={profile}"]},
            "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"},
        }
        self._session = driver + "/session"
        session = self._call("", {"capabilities": {"alwaysMatch": options}})["sessionId"]
        self._session += f"/{session}"

    def _call(self, path: str, body: Found) -> t.Any:
        reply = self._http.post(self._session + path, json=body, timeout=60)
        value = reply.json()["value"]
        assert reply.ok, value
        return value

    def close(self) -> None:
        self._http.delete(self._session, timeout=60)
        self._http.close()

    def devtools(self, command: str, **parameters: t.Any) -> t.Any:
        return self._call("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def screen(self, width: int, height: int, mobile: bool = False) -> None:
        self.devtools(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile
        )

    def media(self, medium: str = "", scheme: str = "light") -> None:
        """``medium`` print or screen, ``scheme`` light or dark."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.devtools("Emulation.setEmulatedMedia", media=medium, features=features)

    def open(self, page: pathlib.Path) -> None:
        self.logs()
        self._call("/url", {"url": page.resolve().as_uri()})

    def logs(self) -> list[Found]:
        """Everything that the page did on the network, or complained about, since the last look."""
        events: list[Found] = []
        for kind in ("performance", "browser"):
            events += self._call("/se/log", {"type": kind})
        return events

    def requested(self) -> list[str]:
        """The addresses that were asked for since the last look."""
        found = []
        for event in self.logs():
            with contextlib.suppress(json.JSONDecodeError):
                message = json.loads(event["message"])["message"]
                if message["method"] == "Network.requestWillBeSent":
                    found.append(str(message["params"]["request"]["url"]))
        return found

    def ask(self, expression: str) -> t.Any:
        """The value of a JavaScript expression in the page."""
        return self._call("/execute/sync", {"script": f"return ({expression});", "args": []})

    def shoot(self, target: pathlib.Path, whole: bool = True) -> None:
        """The page as a PNG, or as much of it as the screen shows."""
        shot = self.devtools("Page.captureScreenshot", captureBeyondViewport=whole)["data"]
        target.write_bytes(base64.b64decode(shot))

    def pdf(self) -> bytes:
        return base64.b64decode(self.devtools("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"])


def found() -> tuple[str, str] | None:
    """The driver and the browser that belong together; Debian's and those that others put on the path."""
    driver = shutil.which("chromedriver")
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    return None if driver is None or chromium is None else (driver, chromium)


@contextlib.contextmanager
def running() -> t.Iterator[Browser]:
    """A browser with a profile of its own. Without one the test fails in CI, and is skipped elsewhere."""
    programs = found()
    if programs is None:
        reason = "no Chromium with its chromedriver here: tests/tools/browser.sh installs them on Debian, as root"
        if os.environ.get("CI", "").lower() in ("1", "true", "yes"):
            pytest.fail(reason)
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        # Port 0: the driver chooses a free one and says which.
        command = [programs[0], "--port=0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as driver:
            try:
                port = _port_of(driver)
                browser = Browser(f"http://127.0.0.1:{port}", profile, programs[1])
                try:
                    yield browser
                finally:
                    browser.close()
            finally:
                driver.terminate()


def _port_of(driver: subprocess.Popen[str]) -> int:
    said = ""
    for line in driver.stdout or ():
        said += line
        if "started successfully on port" in line:
            return int(line.rstrip(".\n ").rpartition(" ")[2])
    pytest.fail(f"chromedriver does not start: {said}")
