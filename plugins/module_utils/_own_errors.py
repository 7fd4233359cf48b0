# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The table of what the collection itself says: what lies behind it as a rule, and what to do next; pure data."""

from __future__ import annotations

import typing as t


class Own(t.NamedTuple):
    """An error of the collection itself: how its message begins or what it holds, the likely cause, and the remedy.

    What stands in braces is filled in.
    """

    says: str
    cause: str
    remedy: str


KINDS: t.Mapping[str, Own] = {
    "input": Own(
        "(the name of an option)",
        "An option cannot be right, whatever the service would say. Nothing was sent.",
        "Correct what is named, all of it, and run again.",
    ),
    "library": Own(
        "Failed to import the required Python library",
        "The Python that runs the module lacks it.",
        "Install it for the Python that runs the module, or point ansible_python_interpreter at one that has it.",
    ),
    "died": Own(
        "The module ended without a result",
        "It was killed, its host was restarted, or it has a defect.",
        "Run again: copies that are under way go on in the cloud. The next run finds them by the notes in state_dir, "
        "or with ledger: cloud by the marks on the source images, and waits for them.",
    ),
    "clash": Own(
        "would all make",
        "Several entries of a migration would make the same replica.",
        "Leave out all but one, or give them names of their own.",
    ),
    # -- without a usable answer
    "too_late": Own(
        "has taken too long",
        "Logging in, or marking the source image, took so long that what was seen of the destination was out of date.",
        "Nothing was sent. Run again: it looks anew. If it goes on, the services answer slowly, or something else "
        "updates the source image all the time.",
    ),
    "not_sent": Own(
        "no connection",
        "The host of the endpoint is not known, not reachable, or does not listen.",
        "Check the region, iam_endpoint and ims_endpoint (HW_AUTH_URL, HW_IMS_ENDPOINT), proxy settings and network.",
    ),
    "proxy": Own(
        "the proxy does not let it through",
        "The proxy refuses the host, or wants a login.",
        "Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.",
    ),
    "tls": Own(
        "the certificate was not accepted",
        "The endpoint has a certificate of an authority of its own, or a proxy puts in its own.",
        "Name the authority that signed it with ca_path (or HW_CACERT), or check that it is the endpoint you mean.",
    ),
    "reply_lost": Own(
        "sent, but no answer came",
        "The connection broke, or the service took longer than request_timeout.",
        "Run again: it looks first at what became of it. If it goes on, check the network, or raise request_timeout.",
    ),
    "bad_reply": Own(
        "the answer is HTML, not JSON, packed, longer than, redirected, holds no",
        "A proxy or a wrong endpoint answered.",
        "A proxy or a wrong endpoint answers like this: check iam_endpoint, ims_endpoint and the proxy settings.",
    ),
    # -- the service refused
    "refused": Own(
        "answered HTTP ... and does not say why",
        "The service refused, and says no more than that.",
        "Ask the cloud's support, and name the request id; a proxy or a wrong endpoint may answer like this as well.",
    ),
    "login": Own(
        "(what IAM says of a login)",
        "The login with the password was refused.",
        "Check username (HW_USER_NAME), password and domain_name (HW_DOMAIN_NAME): username is an IAM user, "
        "not a HUAWEI ID, and domain_name is the account that the user belongs to.",
    ),
    "ready_token": Own(
        "(what IAM says of a token)",
        "auth_token (HW_AUTH_TOKEN) has run out, which it does after 24 hours at most, was revoked, or is none.",
        "Fetch a new token, or give a key or a password, with which a run fetches its tokens itself.",
    ),
    "assume_role": Own(
        "... cannot be assumed",
        "There is no such agency, it does not trust the account of the caller, or the caller may not assume any.",
        "Check assume_role (HW_ASSUME_ROLE_AGENCY_NAME, HW_ASSUME_ROLE_DOMAIN_NAME): an agency of the account that "
        "is to be worked in, which trusts the caller's account; and the caller needs the role Agent Operator.",
    ),
    "token": Own(
        "(what the service says of a token)",
        "A token that was fetched with the password has run out or was revoked, or is of another region or cloud.",
        "Run the task again: it logs in anew. If it goes on, check this host's clock, that iam_endpoint and "
        "ims_endpoint are of one cloud, and that the user may work in that project.",
    ),
    "not_found": Own(
        "is not there, is gone, is not to be seen",
        "It was deleted meanwhile, or is in another region or project.",
        "Check the id or name, the region and the project; it may have been deleted meanwhile.",
    ),
    "busy": Own(
        "(what the service says)",
        "The service has no room just now, and had none until the time was over.",
        "Run the task again later: nothing was begun. A greater wait_timeout waits longer.",
    ),
    "held": Own(
        "another run is submitting a copy of this image to the same destination",
        "A second run has that image and destination in its list as well, under this name or another.",
        "Wait for that run to end, or end it if it hangs, and run again: what it has begun is found.",
    ),
    "held_by": Own(
        "another run is submitting a copy of this image to the same destination: process ... on ..., since ...",
        "A second run on the same state_dir has that image and destination in its list, under this name or another.",
        "Wait for process {pid} on {host} to end, or end it if it hangs, and run again: what it has begun is found.",
    ),
    "note_unreadable": Own(
        "whether another run has submitted this copy is not known: in ..., ... belongs to another user",
        "Another user's runs share the state_dir, or somebody has put something else in the place of the note.",
        "Run as the user whose file it is, or give each user a state_dir, with ledger: cloud for both. "
        "If no copy is under way there, remove the file.",
    ),
    "held_mark": Own(
        "another run is about to submit a copy of this image to the same destination",
        "With ledger: cloud, another run has marked the copy on its source image.",
        "Wait for it to end. The mark of a run that died is of no account after confirm_timeout, or two minutes.",
    ),
    "mark_lost": Own(
        "the mark of this copy on its source image gets lost time and again",
        "Something else updates the source image at the same time.",
        "Something else updates the source image all the time: stop it, or use ledger: host.",
    ),
    "source_busy": Own(
        "the source image cannot be marked while it is being copied",
        "The service does not update an image while copies of it run.",
        "Wait for the other copies of this image to end, or use ledger: host.",
    ),
    # -- before a copy
    "no_project": Own(
        "there is no project ... that this caller can see",
        "The name is another one, or the user may not work in that project.",
        "Check {options}.",
    ),
    "preflight": Own(
        "checks failed",
        "A rule of the service would be broken; each check that failed says which.",
        "Nothing was submitted. Mend what is named, or leave a check out with skip_checks if you know better.",
    ),
    "blocked": Own(
        "is already the name of image ...",
        "An image that stands in the destination has the wanted name, and is no copy of this source.",
        "Choose another name for the replica (name), or have it count as the replica (match: name), "
        "or remove or rename the image that stands there.",
    ),
    "not_deleted": Own(
        "Deleting the replica of ...",
        "The image is protected or shared, there are several replicas of the source, or it is no replica of it.",
        "The message names the images and what would have them deleted; run the task again with that, or once it is "
        "settled.",
    ),
    "source_gone": Own(
        "no own image has that name",
        "A replica is deleted by the origin that it names, and the source that was asked for by its name is not there.",
        "Give image_id: the id of the source, which the replica's origin still names, is enough.",
    ),
    "removal_waits": Own(
        "a copy has been submitted, and its replica does not show",
        "The copy to be deleted is still under way, or its replica has not shown up yet.",
        "Run the task again later; a longer wait_timeout waits longer.",
    ),
    "job_id": Own(
        "job ... is not known, is a ..., makes an image called ...",
        "The job that was named is not one of this copy.",
        "Leave job_id out to have the copy looked for in the destination.",
    ),
    # -- during a copy and after it
    "job_failed": Own(
        "job ... failed",
        "The service gave the copy up.",
        "Mend the cause and run again; nothing of this copy counts.",
    ),
    "killed": Own(
        "image ... was killed",
        "The service gave the copy up, and its image stayed.",
        "Run again: the copy is then submitted anew. The killed image is not deleted.",
    ),
    "vanished": Own(
        "the copy that an earlier run began came to nothing",
        "The copy failed while nobody looked, or its image was deleted.",
        "Run again: the copy is then submitted anew.",
    ),
    "uncertain": Own(
        "the copy may or may not have begun",
        "The answer to the submission was lost, and nothing shows.",
        "Look in the destination for the image before you run again.",
    ),
    "answer_lost": Own(
        "the answer was lost, and the replica has not shown in the destination",
        "The connection broke or the service failed just then; the copy may have begun all the same.",
        'Look in {region} for an image called "{name}" before you run again.',
    ),
    "lost_sight": Own(
        "job ..., accepted at ..., is not known to the service any more, and its replica does not show in ...",
        "The service has begun the copy, and cannot or does not look up its job. It may still be at work.",
        'Look for "{name}" in {region}. If it came to nothing, ledger: none without job_id and resume submits it now.',
    ),
    "gone": Own(
        "image ... is gone: it failed or was deleted",
        "The image that was to become the replica was there, and is not any more.",
        "Run again to have the copy submitted anew.",
    ),
    "timed_out": Own(
        "not finished within ... s",
        "The copy takes longer than wait_timeout. It goes on.",
        "Run again to go on waiting. A greater wait_timeout gives it more time.",
    ),
    "job_timed_out": Own(
        "not finished within ... s; the copy itself goes on (job ...)",
        "The copy takes longer than wait_timeout. It goes on.",
        "Run again to go on waiting, with job_id: {job_id} to follow this very job. "
        "A greater wait_timeout gives it more time.",
    ),
    "not_active": Own(
        "image ... is ..., not active",
        "The service says that the copy has ended, and has not finished the image.",
        "Run again: it looks at the image anew. If it stays so, ask the cloud's support, and name the job.",
    ),
    "no_origin": Own(
        "does not say what it is a copy of",
        "The service has not written the origin on the image, or it was made otherwise.",
        "If you know that it is the right one, match: name has it count as the replica.",
    ),
    "of_another": Own(
        "is a copy of ..., not of ...",
        "The job or the image that was followed is of another copy.",
        "Do not use it before you know where it comes from.",
    ),
    "misnamed": Own(
        "image ... is called ..., not ...",
        "Somebody has renamed it, or the service has.",
        "Rename it, or ask for the name that it has (name), or have it count under any name (match: origin).",
    ),
    "unlike": Own(
        "is not like its source",
        "Operating system, architecture, kind, size or disk of the finished image differ from those of the source.",
        "Do not use it before you know why; skip_checks: [replica_like_source] accepts it as it is.",
    ),
    "not_a_replica": Own(
        "(what the collection says of a finished image)",
        "What stands there is not what was asked for.",
        "Compare it with the source image before you use it.",
    ),
    "not_shown": Own(
        "image ... is not to be seen",
        "The service says that the copy has ended, and does not show the image.",
        "Look there yourself. For an hour after the end of the job, further runs look for it again and do not copy "
        "anew; if somebody deleted it, a run with ledger: none, without job_id and resume, has it copied at once.",
    ),
    "not_taken": Own(
        "the service accepted the changes, but it does not show them",
        "The caller may not change images there, or somebody changes them back.",
        "The replica itself is complete. Look whether the caller may change images there, and run again.",
    ),
    "some_failed": Own(
        "... of ... done, ... failed",
        "Copies of a migration failed; each has a line with its own cause.",
        "Mend the causes and run again: what is done stays done, and only the rest is tried.",
    ),
    "copy": Own(
        "(what the collection says)",
        "The copy cannot begin, or did not end well.",
        "Mend what is named and run again: what is done stays done.",
    ),
}
