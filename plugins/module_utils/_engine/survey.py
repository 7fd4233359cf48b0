# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Reads what preflight and the plan need to know, each thing once a run, and writes nothing."""

from __future__ import annotations

import copy
import typing as t

from .. import _clock as clocks
from .. import _errors as errors
from .._client.cloud import Cloud
from .._client.iam import project_called
from .._client.ims import Ims
from .._decide.facts import Facts, Unknown
from .._decide.rules_place import belongs
from .._model import copy_request
from .._model import image as images
from .._model import place as places
from .._model.image_index import ImageIndex

_T = t.TypeVar("_T")
# A region, and the id of a project.
_Place = t.Tuple[str, str]

NOTHING_TO_SUBMIT = Unknown("not looked up, as nothing is to be submitted")
LEFT_OUT = Unknown("not looked up, as its check is left out")


class Survey:
    """The facts of one run. ``many``: more copies are planned than one, so that listing beats asking one by one."""

    def __init__(self, cloud: Cloud, many: bool = False) -> None:
        self.cloud = cloud
        self.many = many
        self._answers: t.Dict[t.Hashable, t.Any] = {}
        # Of each place, the images that any list has shown, and those of them that the last one does not.
        self._shown: t.Dict[_Place, t.Dict[str, images.Image]] = {}
        self._vanished: t.Dict[_Place, ImageIndex] = {}

    def ims(self, region: str, project: places.Project) -> Ims:
        return self.cloud.ims(region, project)

    def until(self, deadline: t.Optional[clocks.Deadline]) -> None:
        """From now on nothing is asked again after that, unless it has a deadline of its own."""
        self.cloud.until(deadline)

    def own_images(
        self, region: str, project: places.Project, fresh: bool = False, deadline: t.Optional[clocks.Deadline] = None
    ) -> ImageIndex:
        """The own images of a project, listed once a run unless a fresh list is asked for."""
        key = ("own images", region, project.id)
        if fresh:
            self._answers.pop(key, None)
        return self._once(key, lambda: self._list(region, project, deadline))

    def vanished(self, region: str, project: places.Project) -> ImageIndex:
        """What an earlier list of this run has shown, and the last one does not: it may have been deleted, or lists
        show it by turns."""
        return self._vanished.get((region, project.id), ImageIndex([]))

    def _list(self, region: str, project: places.Project, deadline: t.Optional[clocks.Deadline]) -> ImageIndex:
        listed = ImageIndex(self.ims(region, project).own_images(deadline=deadline))
        shown = self._shown.setdefault((region, project.id), {})
        shown.update((image.id, image) for image in listed)
        missing = [image for image in shown.values() if listed.by_id(image.id) is None]
        self._vanished[region, project.id] = ImageIndex(missing)
        return listed

    def project(self, name: str) -> t.Optional[places.Project]:
        """:raises NotPermitted: when the caller may see no projects at all: then nothing can be proven or signed"""
        try:
            return self._once(("project", name), lambda: self._find_project(name))
        except errors.ImsError as error:
            raise error.at("connect", f"Looking up project {name}") from error

    def _find_project(self, name: str) -> t.Optional[places.Project]:
        """Without the right to list all, the caller's own are looked at."""
        iam = self.cloud.iam
        try:
            projects = iam.projects(name)
        except errors.NotPermitted:
            projects = self._once(("own projects",), iam.own_projects)
        return project_called(name, projects)

    def forget_trouble(self) -> None:
        """Ask anew what has been answered with an error."""
        self._answers = {
            key: answer for key, answer in self._answers.items() if not isinstance(answer, errors.ImsError)
        }

    def required_project(self, name: str, options: str) -> places.Project:
        """The project, where nothing can be done without it; ``options`` are those that named it, for the hint.

        :raises CopyError: when the caller sees no such project
        """
        project = self.project(name)
        if project is None:
            raise errors.CopyError(
                f"there is no project {name} that this caller can see",
                code="IMG.0145",
                hint=errors.remedy_of("no_project").format(options=options),
                stage="source",
            )
        return project

    def ground(self, request: copy_request.CopyRequest) -> Facts:
        """The facts that every run needs: regions, projects and the source image."""
        checked = {"source_region", "destination_region"} - request.skip_checks
        regions = self._regions() if checked else LEFT_OUT
        source_project = self.project(request.source_project_name)
        return Facts(
            regions=regions,
            source_project=source_project,
            destination_project=self.project(request.destination.project_name),
            sources=self._sources(request, regions, source_project),
            agency=NOTHING_TO_SUBMIT,
            roles=NOTHING_TO_SUBMIT,
            inherited_roles=NOTHING_TO_SUBMIT,
            quota=NOTHING_TO_SUBMIT,
        )

    def for_submission(self, request: copy_request.CopyRequest, ground: Facts, ahead: int) -> Facts:
        """The facts that matter only where a copy is to be submitted: the agency and the quota."""
        project = ground.destination_project
        agency: t.Union[places.Agency, None, Unknown] = LEFT_OUT
        if {"agency_exists", "agency_delegated", "agency_permitted"} - request.skip_checks:
            agency = self._agency(request.destination, project or ground.source_project)
        # Whose agency cannot be seen, of those nobody can say what it may do.
        unseen = isinstance(agency, Unknown) and "agency_permitted" not in request.skip_checks
        roles: t.Any = agency if unseen else LEFT_OUT
        inherited: t.Any = roles
        if isinstance(agency, places.Agency) and project is not None and "agency_permitted" not in request.skip_checks:
            iam, agency_id, account = self.cloud.iam, agency.id, project.domain_id
            roles = self._ask("its roles", lambda: iam.roles_on_project(project.id, agency_id), project.id, agency_id)
            if not roles:
                inherited = self._ask("its roles", lambda: iam.roles_everywhere(account, agency_id), agency_id)
        quota: t.Any = LEFT_OUT
        if not self.reachable(request, ground):
            quota = Unknown("there is no such place")
        elif project is not None and "quota" not in request.skip_checks:
            ims = self.ims(request.destination.region, project)
            quota = self._ask("the quota", ims.quota, request.destination.region, project.id)
        return Facts(
            regions=ground.regions,
            source_project=ground.source_project,
            destination_project=project,
            sources=ground.sources,
            agency=agency,
            roles=roles,
            inherited_roles=inherited,
            quota=quota,
            ahead=ahead,
        )

    def reachable(self, request: copy_request.CopyRequest, facts: Facts) -> bool:
        """Whether the destination is a place that can be looked into."""
        regions = LEFT_OUT if "destination_region" in request.skip_checks else facts.regions
        return _is_place(request.destination.region, facts.destination_project, regions)

    def _regions(self) -> t.Union[t.FrozenSet[str], Unknown]:
        return self._ask("the regions", lambda: frozenset(self.cloud.iam.regions()))

    def _agency(
        self, destination: places.Destination, project: t.Optional[places.Project]
    ) -> t.Union[places.Agency, None, Unknown]:
        iam, name = self.cloud.iam, destination.agency_name

        def look() -> t.Optional[places.Agency]:
            account = project.domain_id if project is not None else self._once(("account",), iam.account_id)
            return iam.agency(account, name)

        return self._ask("the agencies", look, name)

    def _sources(
        self,
        request: copy_request.CopyRequest,
        regions: t.Union[t.FrozenSet[str], Unknown],
        project: t.Optional[places.Project],
    ) -> t.Union[t.Sequence[images.Image], Unknown]:
        if "source_region" in request.skip_checks:
            regions = LEFT_OUT
        if project is None or not _is_place(request.source_region, project, regions):
            return Unknown("there is no such source region or project")
        try:
            return self._find(request, project)
        except errors.ImsError as error:
            raise error.at("source", f"Looking for {request.route}") from error

    def _find(self, request: copy_request.CopyRequest, project: places.Project) -> t.Sequence[images.Image]:
        ims = self.ims(request.source_region, project)
        if request.image_name is not None:
            if self.many:
                return self.own_images(request.source_region, project).named(request.image_name)
            return ims.own_images(name=request.image_name)
        if self.many:
            listed = self.own_images(request.source_region, project).by_id(str(request.image_id))
            if listed is not None:
                return [listed]
        # By id any visible image answers: a public or foreign one deserves a better word than "not found".
        found = ims.image(str(request.image_id))
        return [found] if found is not None else []

    def _once(self, key: t.Hashable, question: t.Callable[[], _T]) -> _T:
        """Each answer is had once, also a bad one: sixty images must not find out sixty times that IAM is away."""
        if key not in self._answers:
            try:
                self._answers[key] = question()
            except errors.ImsError as error:
                self._answers[key] = error
        answer = self._answers[key]
        if isinstance(answer, errors.ImsError):
            # Each of those who hear of it adds what it was doing.
            raise copy.copy(answer)
        return t.cast(_T, answer)

    def _ask(self, what: str, question: t.Callable[[], _T], *key: str) -> t.Union[_T, Unknown]:
        """What the caller may not look up, or what this cloud does not offer, is unknown."""
        try:
            return self._once((what, *key), question)
        except (errors.NotPermitted, errors.NotFound) as error:
            code = f", {error.code}" if error.code else ""
            return Unknown(f"the service would not tell {what} (HTTP {error.http_status}{code})")
        except errors.ImsError as error:
            stage = "connect" if isinstance(error, errors.TransportError) else "preflight"
            raise error.at(stage, f"Looking up {what}") from error


def _is_place(region: str, project: t.Optional[places.Project], regions: t.Union[t.FrozenSet[str], Unknown]) -> bool:
    """Whether the service can be asked there: a region's service refuses a project of another one with a plain 401."""
    return project is not None and belongs(project.name, region) and (isinstance(regions, Unknown) or region in regions)
