# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The files between a task and its module, on the host of the module: lease, event log, and result of the job."""

from __future__ import annotations

import abc
import contextlib
import os
import secrets
import shlex
import shutil
import tempfile
import typing as t

Shell = t.Callable[[str], t.Mapping[str, t.Any]]


class Look(t.NamedTuple):
    """What is new in the log, and whether the module's process is known to be gone.

    ``mark`` is another one when the file of the job is; None where it could not be seen.
    """

    text: bytes
    mark: t.Optional[t.Hashable]
    gone: bool


class Files(abc.ABC):
    """``lease`` and ``log`` are paths on that host; ``run`` names the run in its events."""

    # Seconds between two looks: from, up to.
    pauses: t.Tuple[float, float]
    lease: str
    log: str

    def __init__(self) -> None:
        self.run = secrets.token_hex(4)

    @abc.abstractmethod
    def look(self, job: str) -> Look:
        """Renew the lease, and see what is new.

        :param job: path of the file that will hold the result
        """

    @abc.abstractmethod
    def end_lease(self) -> None:
        """Whoever works on is to come to an end."""

    @abc.abstractmethod
    def remove(self, job: str, module: str) -> None:
        """Everything that was of use only while the module ran.

        :param module: the folder of the module; blank where it is to stay
        """


class LocalFiles(Files):
    """They are at hand."""

    def __init__(self, folder: str, log: t.Optional[str], pauses: t.Tuple[float, float]) -> None:
        """``folder``: where a folder of our own is made; ``log``: the user's own log, or None."""
        super().__init__()
        self.pauses = pauses
        self._folder = tempfile.mkdtemp(prefix="ims-", dir=folder)
        self.lease = os.path.join(self._folder, self.run)
        self.log = os.path.abspath(os.path.expanduser(os.path.expandvars(log))) if log else f"{self.lease}.jsonl"
        with open(self.lease, "x", encoding="ascii"):
            pass
        self._read = 0
        with contextlib.suppress(OSError):
            self._read = os.stat(self.log).st_size

    def look(self, job: str) -> Look:
        with contextlib.suppress(OSError):
            os.utime(self.lease)
        text = b""
        with contextlib.suppress(OSError):
            if os.stat(self.log).st_size != self._read:
                with open(self.log, "rb") as stream:
                    stream.seek(self._read)
                    text = stream.read()
                self._read += len(text)
        return Look(text, self._mark(job), self._gone())

    @staticmethod
    def _mark(job: str) -> t.Hashable:
        try:
            seen = os.stat(job)
        except OSError:
            return ()
        return (seen.st_ino, seen.st_size, seen.st_mtime_ns)

    def _gone(self) -> bool:
        try:
            with open(self.lease, encoding="ascii") as stream:
                os.kill(int(stream.read()), 0)
        except ProcessLookupError:
            return True
        except (OSError, ValueError):
            return False
        return False

    def end_lease(self) -> None:
        with contextlib.suppress(OSError):
            os.unlink(self.lease)

    def remove(self, job: str, module: str) -> None:
        for folder in filter(None, (self._folder, module)):
            shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.unlink(job)


class ShellFiles(Files):
    """They are elsewhere, or another user's: one short command for each look."""

    def __init__(self, shell: Shell, folder: str, log: t.Optional[str], pauses: t.Tuple[float, float]) -> None:
        """``shell`` runs a command on the host of the module as the user of the module.

        :raises OSError: when the files cannot be made
        """
        super().__init__()
        self._shell = shell
        self.pauses = pauses
        self._folder = f"{folder}/ansible-ims-{secrets.token_hex(16)}"
        self.lease = f"{self._folder}/{self.run}"
        self.log = log or f"{self.lease}.jsonl"
        # Not -p: a folder that is there already is somebody else's.
        made = shell(
            f"umask 077 && mkdir {shlex.quote(self._folder)} && : > {shlex.quote(self.lease)}"
            f" && echo {self.run} && if test -f {self._log}; then wc -c < {self._log}; else echo 0; fi"
        )
        said = made["stdout"].split()
        if made["rc"] or self.run not in said:
            raise OSError(str(made.get("stderr") or made["stdout"]).strip())
        self._read = int(said[said.index(self.run) + 1])
        self._rest = b""

    @property
    def _log(self) -> str:
        return shlex.quote(self.log)

    def look(self, job: str) -> Look:
        lease = shlex.quote(self.lease)
        # A lease that was ended stays so, hence -c. What a login says besides stands before the first mark.
        seen = self._shell(
            f"touch -c {lease}; echo {self.run}-log; "
            f"test -p {self._log} || tail -c +{self._read + 1} {self._log} 2> /dev/null; echo; "
            f"echo {self.run}-job; for file in {shlex.quote(job)}; do ls -i $file; wc -c < $file; done 2> /dev/null; "
            f'pid=`cat {lease}`; test -z "$pid" || kill -0 "$pid" 2> /dev/null || echo {self.run}-gone'
        )
        said = str(seen["stdout"]).replace("\r\n", "\n")
        dummy, began, rest = said.partition(f"{self.run}-log\n")
        text, whole, mark = rest.partition(f"\n{self.run}-job\n")
        if not began or not whole:
            return Look(b"", None, False)
        fresh = text.encode("utf-8", "surrogateescape")
        self._read += len(fresh)
        mark, gone, dummy = mark.partition(f"{self.run}-gone")
        return Look(fresh, tuple(mark.split()), bool(gone))

    def end_lease(self) -> None:
        self._shell(f"rm -f {shlex.quote(self.lease)}")

    def remove(self, job: str, module: str) -> None:
        self._shell(f"rm -rf {' '.join(shlex.quote(path) for path in (self._folder, job, module) if path)}")
