# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The source images of a place, and the one of them that a query chooses."""

from __future__ import annotations

import typing as t

from .. import _errors as errors
from .. import _text as texts
from .._engine import survey as surveys
from .._model.image_index import ImageIndex
from .._result.summary import listed
from . import query

Params = t.Mapping[str, t.Any]
# So many names are told of images of which one was wanted.
MOST_NAMES = 5


def own_images(params: Params, survey: surveys.Survey) -> ImageIndex:
    """The own images of the source project.

    :raises ImsError: at the stage ``source``
    """
    name = params["source_project_name"] or params["source_region"]
    project = survey.required_project(name, "source_region and source_project_name")
    try:
        return survey.own_images(params["source_region"], project)
    except errors.ImsError as error:
        raise error.at("source", f"Listing the images in {params['source_region']}") from error


def chosen(params: Params, survey: surveys.Survey) -> str:
    """The id of the image that ``image_query`` chooses; an earlier run that is taken up has chosen.

    :raises InputError: when the query gives no image, or several
    """
    resumed = (params["resume"] or {}).get("source_image") or {}
    if resumed.get("id"):
        return str(resumed["id"])
    own = own_images(params, survey)
    found = query.select(params["image_query"], [image.as_dict() for image in own], "image_query")
    if len(found) != 1:
        names = {image.id: image.name for image in own}
        told = [f'"{texts.visible(names[image_id])}" ({image_id})' for image_id in found]
        gives = f"{len(found)}: {listed(told, MOST_NAMES)}" if found else "none"
        raise errors.InputError(
            [f"image_query must give exactly one own image of {params['source_region']}, and gives {gives}"]
        )
    return found[0]
