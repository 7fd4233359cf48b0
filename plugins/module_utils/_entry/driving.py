# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Drives the copies of a module, and tells of them."""

from __future__ import annotations

import typing as t

from .. import _clock as clocks
from .. import _remedies as remedies
from .._client import assumed, error_codes, profiles
from .._engine import events, pace, scheduler, teller, terms
from .._engine import lease as leases
from .._engine import ledger as ledgers
from .._engine import survey as surveys
from .._engine.copy import Copy
from .._result.summary import counts_of
from .glue import Module

# Used where there is trouble, hours later maybe; loaded here, while what they come from is there.
LOADED = (remedies, assumed, error_codes, profiles)


def drive(
    module: Module,
    clock: clocks.Clock,
    survey: surveys.Survey,
    options: terms.RunOptions,
    copies: t.Sequence[Copy],
    ledger: ledgers.Ledger,
    lease: t.Optional[leases.NoLease],
) -> terms.RunEnd:
    """Bring every copy as far as it goes."""
    log = events.event_log(
        module.params["event_log"], clock, events.run_of(module.params["lease_file"]), module.secrets.without
    )
    learned = pace.Pace()
    told = teller.Teller(log, clock, options.max_concurrent, learned)
    run = scheduler.Scheduler(survey, ledger, clock, options, teller=told, pace=learned, lease=lease)
    try:
        run.run(copies)
        ledger.close()
    finally:
        counts = counts_of([{"status": copy.status} for copy in copies])
        told.ended(any(copy.changed for copy in copies), counts)
    troubles = [*ledger.troubles, *([told.trouble] if told.trouble else [])]
    return terms.RunEnd(run.cut_short, run.refused, troubles)
