# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""Which ids images have, for the lookup: by their names, or by a query."""

from __future__ import annotations

import os
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..module_utils import _clock as clocks
from ..module_utils import _errors as errors
from ..module_utils import _text as texts
from ..module_utils._client.cloud import Cloud
from ..module_utils._client.connection import connection_spec, learn_secrets, resolve
from ..module_utils._client.hiding import Secrets
from ..module_utils._engine.survey import Survey
from ..module_utils._entry import query
from ..module_utils._entry.families import made
from ..module_utils._model.image import Image
from ..module_utils._model.image_index import ImageIndex
from ..module_utils._result.summary import listed

Options = t.Mapping[str, t.Any]
# So many images are named where one was wanted.
MOST_TOLD = 5
NEWEST = "Ask for the newest with newest=true, or give the id itself."


def ids_of(names: t.Sequence[str], options: Options, connection: Options) -> t.List[str]:
    """An id for each name, or for the query.

    :param options: ``region``, ``project_name``, ``query`` and ``newest``
    :param connection: the options of the connection that are given
    :raises ImsError: with no secret in its message
    """
    secrets = Secrets()
    learn_secrets(secrets, connection, os.environ)
    try:
        check(names, options)
        way = resolve(as_of_a_module(connection), os.environ)
        secrets.add(way.access_key, way.secret_key, way.security_token, random=True)
        clock = clocks.SystemClock()
        with Cloud(way, clock, home_region=options["region"], secrets=secrets) as cloud:
            survey = Survey(cloud)
            project = survey.required_project(options["project_name"] or options["region"], "region and project_name")
            return chosen(names, survey.own_images(options["region"], project), options)
    except errors.ImsError as error:
        error.message = texts.one_line(secrets.hidden(error.message))
        raise


def as_of_a_module(connection: Options) -> Options:
    """The options with what a module finds for those that are not given.

    :raises InputError: when one is of another type, or there is none of its name
    """
    found = ArgumentSpecValidator(connection_spec()).validate(dict(connection))
    if found.error_messages:
        raise errors.InputError(found.error_messages)
    return t.cast(Options, found.validated_parameters)


def check(names: t.Sequence[str], options: Options) -> None:
    """:raises InputError: with all that can be seen without asking"""
    problems = []
    if not options["region"]:
        problems.append("region is required, or the environment variable HW_REGION_NAME")
    if bool(names) == bool(options["query"]):
        problems.append("either names or a query is needed, and not both")
    if options["query"] and not query.HAS_JMESPATH:
        problems.append("a query needs the Python library jmespath on the controller")
    problems += [f"{name!r} is no name" for name in names if not isinstance(name, str) or not name.strip()]
    if problems:
        raise errors.InputError(problems)
    query.check(options["query"])


def chosen(names: t.Sequence[str], images: ImageIndex, options: Options) -> t.List[str]:
    """The ids; pure.

    :raises InputError: where there is none or, unless the newest is wanted, more than one
    """
    if options["query"]:
        ids = query.select(options["query"], [image.as_dict() for image in images])
        found = [image for image in map(images.by_id, ids) if image is not None]
        return [_one("the query", found, options)]
    return [_one(f'"{texts.visible(name)}"', images.named(name), options) for name in names]


def _one(what: str, found: t.Sequence[Image], options: Options) -> str:
    usable = [image for image in found if image.status == "active"]
    where = f"in {options['region']} (project {options['project_name'] or options['region']})"
    if not usable:
        others = "; ".join(f"{image.id} is {image.status}" for image in found[:MOST_TOLD])
        raise errors.InputError([f"there is no active own image for {what} {where}{f': {others}' if others else ''}"])
    if len(usable) > 1 and not options["newest"]:
        told = listed([f"{image.id} of {image.created_at or 'an unknown time'}" for image in usable], MOST_TOLD)
        raise errors.InputError([f"there are {len(usable)} own images for {what} {where}: {told}. {NEWEST}"])
    return max(usable, key=lambda image: made(image.created_at)).id
