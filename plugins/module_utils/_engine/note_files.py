# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Opens the files of the ledger so that nobody who can write in their folder leads a run astray, or holds it up."""

from __future__ import annotations

import errno
import os
import stat
import typing as t

# Bytes of a note that are read; one that we write is a hundredth of that.
LONGEST = 65536
FOLDER_MODE = 0o700
FILE_MODE = 0o600
# A pipe that nobody writes to must not hold up a run, nor a link lead it to a file that is not the ledger's.
_WARY = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class NotOurs(OSError):
    """What stands there is not a file of this user's, so what it was to say is not known."""


def claimed(folder: str, name: str) -> int:
    """The descriptor of a file to read and write, made if it is not there, as is its folder.

    :raises NotOurs: when something else stands in its place
    :raises OSError: when it cannot be had; its ``strerror`` says why
    """
    try:
        make_folder(folder)
        return _opened(os.path.join(folder, name), os.O_RDWR | os.O_CREAT)
    except ValueError as error:
        raise _no_path() from error


def content_of(folder: str, name: str) -> t.Tuple[bytes, float]:
    """What stands in a file, at most :data:`LONGEST` bytes of it, and when it was written, in seconds since 1970.

    :raises OSError: as for :func:`claimed`, and when there is none
    """
    try:
        descriptor = _opened(os.path.join(folder, name), os.O_RDONLY)
    except ValueError as error:
        raise _no_path() from error
    try:
        return os.read(descriptor, LONGEST), os.fstat(descriptor).st_mtime
    finally:
        os.close(descriptor)


def standing(folder: str, name: str) -> int:
    """The descriptor of a file that is there.

    :raises OSError: as for :func:`content_of`
    """
    return _opened(os.path.join(folder, name), os.O_RDONLY)


def _opened(path: str, how: int) -> int:
    try:
        descriptor = os.open(path, how | _WARY, FILE_MODE)
    except OSError as error:
        why_not = {errno.ELOOP: "is a link", errno.EISDIR: "is not a plain file", errno.ENXIO: "is not a plain file"}
        if not os.path.lexists(path):
            # It is the folder that cannot be used, or nothing can be made there.
            raise
        if error.errno in (errno.EACCES, errno.EPERM):
            raise _refused(path, "belongs to another user") from error
        if error.errno in why_not:
            raise _refused(path, why_not[error.errno]) from error
        raise
    wrong = _what_is_wrong(os.fstat(descriptor))
    if wrong is not None:
        os.close(descriptor)
        raise _refused(path, wrong)
    return descriptor


def _what_is_wrong(seen: os.stat_result) -> t.Optional[str]:
    """Why a file is not one that a run of our own has made. It may have no name any more: a run has forgotten it."""
    if not stat.S_ISREG(seen.st_mode):
        return "is not a plain file"
    if seen.st_uid != os.geteuid():
        return "belongs to another user"
    return "has a second name" if seen.st_nlink > 1 else None


def make_folder(folder: str) -> None:
    """A folder that is there keeps its mode; it and those above it that are missing are for their owner alone.
    ``os.makedirs`` would open these to whomever the umask does.

    :raises OSError: when it cannot be made, or is no folder
    """
    if os.path.isdir(folder):
        return
    missing = [os.path.abspath(folder)]
    refused: t.Set[str] = set()
    while missing:
        try:
            os.mkdir(missing[-1], FOLDER_MODE)
        except (FileNotFoundError, NotADirectoryError):
            above = os.path.dirname(missing[-1])
            # What cannot be made though the folder above it is there never can be, as in /proc.
            if above == missing[-1] or missing[-1] in refused:
                raise
            refused.add(missing[-1])
            missing.append(above)
            continue
        except FileExistsError as error:
            # Another run was quicker, or it is no folder.
            if not os.path.isdir(missing[-1]):
                if len(missing) == 1:
                    raise
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), missing[-1]) from error
        missing.pop()


def _refused(path: str, why: str) -> NotOurs:
    return NotOurs(errno.EPERM, f"{os.path.basename(path)} {why}")


def _no_path() -> OSError:
    return OSError(errno.EINVAL, "this cannot be a path")
