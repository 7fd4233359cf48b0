# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Brings the copies of a module as far as they go, and in check mode as far as looking goes."""

from __future__ import annotations

import typing as t

from .. import _clock as clocks
from .._client.ims import Ims
from .._engine import ledger as ledgers
from .._engine import record, terms
from .._engine import survey as surveys
from .._engine.copy import Copy
from .._engine.run import Run
from .glue import Module

if t.TYPE_CHECKING:
    from .._engine.lease import NoLease
    from .._engine.removal import Removal

# A mark counts for so many times that it may take to settle, and so many seconds: clocks may be a minute apart.
SETTLED_TIMES, SHORTEST_GRACE = 6, 120.0


def hold(module: Module, clock: clocks.Clock) -> t.Optional[NoLease]:
    """The lease of a run, looked at before anything is asked for: whoever waits may be gone before a plan is made."""
    path = module.params["lease_file"]
    if module.check_mode or not path:
        return None
    # As below: who is not watched over needs nothing of it.
    from .._engine.lease import Lease

    return Lease(path, clock)


def run(
    module: Module,
    clock: clocks.Clock,
    survey: surveys.Survey,
    options: terms.RunOptions,
    copies: t.Sequence[Copy],
    lease: t.Optional[NoLease],
) -> terms.RunEnd:
    """Errors end up in the copies; nothing of one stops another."""
    ledger = _ledger(module, clock, survey)
    if module.check_mode:
        refused = Run(survey, ledger, clock, options).begin(copies)
        ledger.close()
        return terms.RunEnd(False, refused, ledger.troubles)
    # A task looks first, in check mode, and mostly finds everything there: then what drives copies is not loaded. Here
    # all of it is: what it comes from is a temporary file, which may be swept away while copies take hours.
    from .driving import drive

    return drive(module, clock, survey, options, copies, ledger, lease)


def remove(
    module: Module,
    clock: clocks.Clock,
    survey: surveys.Survey,
    options: terms.RunOptions,
    removals: t.Sequence[Removal],
    lease: t.Optional[NoLease],
) -> terms.RunEnd:
    """As :func:`run`, for replicas that are to go."""
    # Few runs delete, and only they load this.
    from .._engine.removal import Remover

    ledger = _ledger(module, clock, survey)
    remover = Remover(survey, ledger, clock, options, lease)
    remover.run(removals)
    ledger.close()
    return terms.RunEnd(remover.cut_short, False, ledger.troubles)


def _ledger(module: Module, clock: clocks.Clock, survey: surveys.Survey) -> ledgers.Ledger:
    """What is to remember the copies of this run. A blank ``state_dir`` has this host remember nothing."""
    params = module.params
    blank = params["ledger"] == "none" or not params["state_dir"]
    host = ledgers.Ledger(None if blank else params["state_dir"], clock)
    if params["ledger"] != "cloud":
        return host

    # As above: who keeps no marks needs nothing of them.
    from .._engine.marks import MarkingLedger
    from .._engine.own_marks import sent_within

    def service(key: record.Key) -> Ims:
        if key.source is None or key.project is None:
            raise AssertionError("a copy is marked only once its source is known")
        return survey.ims(key.source.region, key.project)

    settle_time = params["settle_time"]
    grace = max(params["confirm_timeout"] + sent_within(settle_time), SETTLED_TIMES * settle_time, SHORTEST_GRACE)
    return MarkingLedger(host, service, clock, settle_time, grace)
