# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws a scenario from its seed: what is asked for, how the cloud behaves, and what goes wrong when."""

from __future__ import annotations

import dataclasses
import itertools
import random
import typing as t

from tests.campaign.trouble import Gap, draw_troubles, mannered
from tests.campaign.wire import Trouble
from tests.emulator import seed as account
from tests.emulator import seed_images

SOURCE = account.CN_NORTH_4
SETTINGS = ("kept", "wiped", "unwritable", "two_on_one_host", "two_hosts", "by_hand")
LEDGERS = ("host", "cloud", "none")
CELLS = tuple(itertools.product(SETTINGS, LEDGERS))
REMEMBERING = tuple(itertools.product(SETTINGS, ("host", "cloud")))
# Of so many seeds in a row with all these cells, the last ones remember nothing.
SEVENTH = 7
# What the table of docs/how_it_works.md promises never to happen twice.
# Of two copies made by runs, that is: against somebody's hands there is no remedy.
PROMISED = frozenset(
    {*itertools.product(("kept", "two_on_one_host", "by_hand"), ("host",)), *itertools.product(SETTINGS, ("cloud",))}
)
GOOD = (
    seed_images.UBUNTU_WEB,
    seed_images.DEBIAN_DB,
    seed_images.CENTOS_LEGACY,
    seed_images.ROCKY_BATCH,
    seed_images.EULEROS_ARM,
    seed_images.SHARED_OUT_BASE,
)
# Those that no check lets pass.
BAD = (seed_images.ENCRYPTED_VAULT, seed_images.INSTALLER_ISO)
PLACES = ("cn-south-1", "cn-east-3", "ap-southeast-1", "cn-south-1_apps")
NAMES = {image.raw["id"]: str(image.raw["name"]) for image in seed_images.seed_images()}


@dataclasses.dataclass(frozen=True)
class Wanted:
    """One copy that is asked for; a ``doomed`` one is refused by a check, and left out."""

    source_id: str
    project: account.Project
    name: str
    doomed: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.source_id, self.project.id, self.name)


@dataclasses.dataclass
class Death:
    """``how``: ``time`` (after so many seconds), ``step`` (at that request or pause), ``before`` and ``after`` (a
    submission's effect, after so many others), ``lease`` (what watches over it is gone after so many seconds)."""

    how: str
    at: float


@dataclasses.dataclass
class Start:
    """One run of a module: what it is told beyond the scenario's own options, and how it comes to its end."""

    host: int = 0
    after: float = 0.0
    options: dict[str, t.Any] = dataclasses.field(default_factory=dict)
    death: Death | None = None
    takes: str | None = None
    check: bool = False


@dataclasses.dataclass
class Round:
    """Runs at a time, and what happens meanwhile; ``pause``: seconds until the next round."""

    starts: list[Start]
    troubles: list[Trouble]
    gaps: list[Gap] = dataclasses.field(default_factory=list)
    revoked_after: float | None = None
    # Seconds, number of slots, and for how many seconds somebody else has them.
    slots_taken: list[tuple[float, int, float]] = dataclasses.field(default_factory=list)
    # Seconds, and which of the wanted copies somebody makes by hand; None: he updates the source of the first.
    by_hand: list[tuple[float, int | None]] = dataclasses.field(default_factory=list)
    pause: float = 0.0
    # Of which copies somebody deletes the replica once these runs have ended.
    deleted: list[int] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Scenario:
    """Everything that is drawn; ``options`` are those of every run, the playbook's. ``deleted_at_last``: the copy whose
    replica somebody deletes once all has ended well."""

    seed: int
    setting: str
    ledger: str
    many: bool
    wanted: list[Wanted]
    options: dict[str, t.Any]
    switches: dict[str, t.Any]
    outcomes: list[dict[str, t.Any]]
    standing: list[tuple[int, str, str]]
    rounds: list[Round]
    user: str = "operator"
    auth: str = "aksk"
    latency: float = 0.1
    skews: tuple[float, ...] = (0.0, 0.0)
    may_mark: bool = True
    deleted_at_last: int | None = None

    @property
    def cell(self) -> tuple[str, str]:
        return (self.setting, self.ledger)

    @property
    def promised(self) -> bool:
        """Whether the docs promise that nothing is copied twice here; who may not mark has the host's notes."""
        ledger = "host" if self.ledger == "cloud" and not self.may_mark else self.ledger
        return (self.setting, ledger) in PROMISED


def cell_of(seed: int) -> tuple[str, str]:
    """The setting and the ledger of a seed."""
    setting, ledger = REMEMBERING[seed % len(REMEMBERING)]
    return (setting, "none" if seed // len(REMEMBERING) % SEVENTH == SEVENTH - 1 else ledger)


def draw(seed: int) -> Scenario:
    dice = random.Random(seed)
    setting, ledger = cell_of(seed)
    many = dice.random() < 0.65
    options = _options(dice, many)
    options["ledger"] = ledger
    wanted = draw_wanted(dice, many, options)
    switches = _switches(dice, options)
    scenario = Scenario(
        seed=seed,
        setting=setting,
        ledger=ledger,
        many=many,
        wanted=wanted,
        options=options,
        switches=switches,
        outcomes=_outcomes(dice, wanted),
        standing=draw_standing(dice, wanted, options),
        rounds=[],
        auth=dice.choice(("aksk", "aksk", "password", "temporary")),
        user="limited" if dice.random() < 0.1 else "operator",
        latency=dice.choice((0.02, 0.2, 1.0)),
        skews=(0.0, dice.uniform(-25, 25) if setting == "two_hosts" else 0.0),
        may_mark=dice.random() > 0.05,
    )
    if scenario.user == "limited" and scenario.auth == "temporary":
        scenario.auth = "aksk"
    scenario.rounds = [_round(dice, scenario, number) for number in range(dice.choice((1, 1, 2, 2, 3)))]
    _deletions(random.Random(f"deleted {seed}"), scenario)
    manners = random.Random(f"manners {seed}")
    for one in scenario.rounds:
        troubles = [*one.troubles, *(gap.trouble for gap in one.gaps)]
        mannered(manners, troubles, options["request_timeout"])
    return scenario


def _deletions(dice: random.Random, scenario: Scenario) -> None:
    good = [index for index, one in enumerate(scenario.wanted) if not one.doomed]
    for one in scenario.rounds:
        if dice.random() < 0.2:
            one.deleted = dice.sample(good, dice.randint(1, len(good)))
    if dice.random() < 0.25:
        scenario.deleted_at_last = dice.choice(good)


def _options(dice: random.Random, many: bool) -> dict[str, t.Any]:
    options: dict[str, t.Any] = {
        "source_region": SOURCE.region,
        "wait_interval": dice.choice((5, 10, 20)),
        "wait_timeout": dice.choice((600, 1800, 3600)),
        "confirm_timeout": dice.choice((60, 120, 240)),
        "settle_time": dice.choice((2, 5, 10)),
        "max_retries": dice.choice((0, 1, 2, 3)),
        "request_timeout": dice.choice((10, 30)),
        "match": dice.choice(("name_and_origin", "name_and_origin", "origin", "name")),
    }
    if dice.random() < 0.4:
        options.update(description="golden", tags={"env": "dr"}, copy_tags=dice.random() < 0.5)
    if dice.random() < 0.2:
        options["max_ram"] = 4096
    if many:
        options.update(
            max_concurrent=dice.randint(1, 5),
            max_attempts=dice.choice((1, 1, 2, 3)),
            order=dice.choice(("largest_first", "as_listed")),
            on_preflight_failure=dice.choice(("fail", "skip")),
            on_copy_failure=dice.choice(("continue", "continue", "continue", "stop")),
        )
    return options


def draw_wanted(dice: random.Random, many: bool, options: dict[str, t.Any]) -> list[Wanted]:
    """What is asked for; fills in the options that ask for it."""
    sources = dice.sample(GOOD, dice.randint(1, 3) if many else 1)
    bad = [dice.choice(BAD)] if many and options["on_preflight_failure"] == "skip" and dice.random() < 0.3 else []
    places = dice.sample(PLACES, dice.choice((1, 1, 2)) if many else 1)
    projects = [t.cast(account.Project, account.project_named(place)) for place in places]
    destinations = [
        {"region": one.region, "project_name": one.name, "agency_name": "ims_copy_image"} for one in projects
    ]
    by_name = dice.random() < 0.5
    renamed = dice.random() < 0.3
    images: list[dict[str, t.Any]] = []
    wanted = []
    for source in (*sources, *bad):
        name = f"golden-{NAMES[source]}" if renamed else NAMES[source]
        images.append({"image_name": NAMES[source]} if by_name else {"image_id": source})
        if renamed:
            images[-1]["name"] = name
        wanted += [Wanted(source, project, name, source in bad) for project in projects]
    if many:
        options.update(images=images, destinations=destinations)
    else:
        place = destinations[0]
        options.update(
            **images[0],
            destination_region=place["region"],
            destination_project_name=place["project_name"],
            agency_name=place["agency_name"],
        )
    return wanted


def _switches(dice: random.Random, options: dict[str, t.Any]) -> dict[str, t.Any]:
    confirm, settle = options["confirm_timeout"], options["settle_time"]
    shown = dice.choice(("early", "early", "late", "late", "hidden"))
    delay = {"early": 0.0, "late": dice.uniform(5, 0.7 * confirm), "hidden": dice.uniform(1.2 * confirm, 900)}[shown]
    lag = dice.choice((0.0, 0.0, dice.uniform(0.1, 0.4) * settle))
    return {
        "replica_visible": "at_once" if shown == "early" else "late",
        "replica_delay": round(delay, 1),
        "origin_written": dice.choice(("at_once", "at_end")),
        "job_image_id": dice.choice(("early", "late")),
        "unique_names": dice.random() < 0.2,
        "booleans": dice.choice(("mixed", "lower", "upper", "native")),
        "sizes": dice.choice(("mixed", "string", "integer")),
        "page_info": dice.random() < 0.3,
        "progress_endpoint": dice.random() < 0.85,
        "retry_after": dice.random() < 0.3,
        "copies_tags": dice.random() < 0.3,
        "carried_attributes": dice.random() < 0.3,
        "patch_while_copying": "refused" if dice.random() < 0.2 else "allowed",
        "lost_updates": dice.choice((0.0, 0.0, round(dice.uniform(0.1, 0.4) * settle, 1))),
        "list_lag": round(lag, 1),
        "lag_of": dice.choice(("both", "both", "attributes", "images")),
        "lag_shown_by": dice.choice(("list", "list_and_show")),
        "token_lifetime": dice.choice((86400, 86400, 1200, 400, 200)),
        "slots": dice.choice((5, 5, 5, 2, 1)),
        "page_limit": dice.choice((1, 2, 3, 500, 500)),
        "requests_per_minute": dice.choice((None, None, None, None, 120)),
        "copy_base_seconds": dice.choice((5, 30, 60)),
        "copy_seconds_per_gib": dice.choice((2, 10, 20)),
    }


def _outcomes(dice: random.Random, wanted: list[Wanted]) -> list[dict[str, t.Any]]:
    outcomes: list[dict[str, t.Any]] = []
    for source in dict.fromkeys(one.source_id for one in wanted):
        fate = dice.random()
        if fate < 0.25:
            outcomes.append(
                {
                    "image_id": source,
                    "status": "FAIL",
                    "error_code": dice.choice(("IMG.0061", "IMG.0151", "IMG.0199")),
                    "where": dice.choice(("top", "entities", "sub_job")),
                    "leftover": dice.choice(("killed", "none")),
                    "at": dice.choice((0.05, 0.5, 0.95)),
                    "times": dice.choice((1, 1, 2)),
                }
            )
        elif fate < 0.32:
            outcomes.append({"image_id": source, "stuck_at": dice.choice(("INIT", "RUNNING"))})
        elif fate < 0.4:
            outcomes.append({"image_id": source, "job_status": "QUEUEING", "times": None})
        elif fate < 0.5:
            outcomes.append({"image_id": source, "seconds": dice.uniform(300, 1500)})
    return outcomes


def draw_standing(dice: random.Random, wanted: list[Wanted], options: dict[str, t.Any]) -> list[tuple[int, str, str]]:
    """Images that stand in the destination before: which wanted copy, as what, and under which name."""
    standing = []
    for number, one in enumerate(wanted):
        if one.doomed or dice.random() > 0.12:
            continue
        if options["match"] == "origin" and dice.random() < 0.5:
            standing.append((number, "replica", f"other-{one.name}"))
        elif options["match"] == "name" and dice.random() < 0.5:
            standing.append((number, "foreign", one.name))
        else:
            standing.append((number, "replica", one.name))
    return standing


def _round(dice: random.Random, scenario: Scenario, number: int) -> Round:
    two = scenario.setting in ("two_on_one_host", "two_hosts")
    apart = dice.choice((0.0, 1.0, 10.0, 60.0, 300.0))
    starts = []
    for index in range(2 if two else 1):
        after = dice.uniform(0, apart) if index else 0.0
        starts.append(_start(dice, scenario, number, index if scenario.setting == "two_hosts" else 0, after))
    made = Round(starts, *draw_troubles(dice, scenario.options["request_timeout"]), pause=dice.choice((0, 1, 30, 300)))
    if dice.random() < 0.3:
        made.revoked_after = dice.uniform(0, 200)
    while dice.random() < 0.25:
        made.slots_taken.append((dice.uniform(0, 100), dice.randint(1, 5), dice.uniform(20, 400)))
    if scenario.setting == "by_hand":
        good = [index for index, one in enumerate(scenario.wanted) if not one.doomed]
        for _hand in range(dice.randint(1, 3)):
            made.by_hand.append((dice.uniform(0, 120), None if dice.random() < 0.2 else dice.choice(good)))
    return made


def _start(dice: random.Random, scenario: Scenario, number: int, host: int, after: float) -> Start:
    start = Start(host, after)
    fate = dice.random()
    if fate < 0.15:
        start.death = Death("time", dice.expovariate(1 / 60))
    elif fate < 0.3:
        start.death = Death("step", dice.randint(1, 60))
    elif fate < 0.4:
        start.death = Death("before", dice.randint(0, 2 if scenario.many else 0))
    elif fate < 0.55:
        start.death = Death("after", dice.randint(0, 2 if scenario.many else 0))
    elif fate < 0.65:
        start.death = Death("lease", dice.expovariate(1 / 60))
    if dice.random() < 0.2:
        start.options["run_for"] = dice.choice((20, 60, 200, 600))
    if not scenario.many and dice.random() < 0.2:
        start.options["wait"] = False
    if number and dice.random() < 0.4:
        start.takes = dice.choice(("resume", "job_id"))
    start.check = dice.random() < 0.08
    if start.check:
        # A look for a run that is to follow, which has a lease, may tidy up.
        start.death = None
    return start
