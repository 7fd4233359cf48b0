# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The documentation of the options that both copying modules have."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  source_region:
    description:
      - Region of the source image, such as V(cn-north-4).
      - If not set, the environment variable E(HW_REGION_NAME) is used.
    type: str
    required: true
  source_project_name:
    description:
      - Name of the project of the source image. If not set, it is that of the region itself, O(source_region).
    type: str
  wait_timeout:
    description:
      - How long to wait for the copy, and for a free slot before it, in seconds. The copy itself goes on after that.
      - What a run must know before it begins is not asked for any longer either, however long an overloaded service
        wants to be left alone. With O(run_for) it is not asked for any longer than that.
    type: int
    default: 10800
  wait_interval:
    description:
      - How long to wait between two looks at the copy, in seconds.
      - A copy that should end within about that time, as others of the run and its own progress show, is looked at when
        it should end instead.
    type: float
    default: 10
  confirm_timeout:
    description:
      - How long to look in the destination for a copy whose submission was not answered, and for a finished replica
        that the service does not show yet, in seconds.
    type: float
    default: 120
  ledger:
    description:
      - Where it is remembered which copies were submitted and not yet seen to end, so that none is submitted twice.
      - V(host) remembers them in O(state_dir), for all runs on the host that runs the module.
      - V(cloud) also marks them on the source images, as attributes whose names begin with C(ims_copy_), for all runs
        on all hosts. This is for hosts that do not outlive a run, such as the containers of AWX, and for playbooks that
        run on several hosts. It needs the right C(ims:images:update) in the source project, and hosts whose clocks
        agree within a minute.
      - V(none) remembers nothing. What the destination shows right before a submission is all that is known then.
    type: str
    choices: [host, cloud, none]
    default: host
  settle_time:
    description:
      - How long a mark of O(ledger=cloud) is left standing before its copy is submitted, in seconds. It must be longer
        than an update of an image takes.
    type: float
    default: 5
  progress_interval:
    description:
      - How often the task shows how its copies go while it waits, in seconds. V(0) shows nothing before the end.
      - Nothing is shown in check mode, under C(async), and with one line per host (C(-o)). With C(no_log) only numbers
        are shown.
      - It goes to standard output at a terminal and in AWX, and to standard error where standard output is kept back,
        as it is at a pipe unless E(PYTHONUNBUFFERED) is set, or is to be read by machines, with callbacks that print
        JSON.
      - Values between V(0) and V(1) count as V(1).
      - If not set, the environment variable E(HW_IMS_PROGRESS_INTERVAL) of the controller is used.
    type: float
    default: 30
  run_for:
    description:
      - Come back after this time, in seconds, with what is unfinished reported as such. A later run carries on. A
        copy that is about to be verified, or looked for after its submission was not answered, is still seen to its
        end. If not set, the module comes back when everything has ended.
    type: float
  event_log:
    description:
      - File on the host that runs the module, to which what happens is appended as it happens, one JSON object a line.
        C(tail -f) shows it live. If not set, nothing is noted.
      - Each line has C(at) (UTC, with milliseconds), C(run) (the same in all lines of a run) and C(event), which is
        C(planned), C(found), C(submitted), C(waiting_for_slot), C(progress), C(copied), C(updated), C(failed),
        C(skipped), C(warning) or C(ended). What is about one copy also has C(number) (its place in the results, from
        0), C(copy), C(attempt), C(job), C(percent), C(began) and C(error).
      - The file is made for its owner alone if it does not exist. Nothing is written in check mode. A path at
        which nothing can be written, or at which is a pipe, is refused. A file that takes nothing more later on is
        warned of, and changes nothing about the copies.
    type: path
  lease_file:
    description:
      - File on the host that runs the module, which whoever started the module touches again and again for as long as
        it is to go on.
      - When the file is gone, or was not touched for 30 seconds, nothing more is submitted, and the module ends with
        what it has, as after O(run_for).
      - The module writes its process ID into the file. A file whose name is 8 hexadecimal digits names the run in
        O(event_log).
      - In check mode the file is not looked at; a note in O(state_dir) of a copy that has arrived is then dropped, as
        by a run.
      - The task itself makes use of this while it shows how its copies go. With a lease of your own it shows nothing.
    type: path
  state_dir:
    description:
      - Folder on the host that runs the module, where copies are remembered that were submitted and not yet seen to
        end. It lets a run find the copy of an earlier run that died before the replica showed in the destination. A
        blank string turns this off.
      - Each user has notes of their own, also in a folder that several users share. Folders that are missing are made
        for their owner alone.
      - If not set, the environment variable E(HW_IMS_STATE_DIR) is used.
    type: path
    default: ~/.ansible/huaweicloud.ims
  state:
    description:
      - V(present) copies, unless the replica is there.
      - V(absent) deletes the replica, which is found by its origin. The image that it was copied from may be gone, if
        it is named by its id, or by the results of the run that made it. By its name alone nothing is ever deleted.
        Where several images are replicas of the source, they are named, and deleted only with O(match=origin).
      - A copy that is under way is waited for, and its replica is deleted then.
      - A protected image is refused, as the service deletes none, and one that is shared with others as long as
        O(delete_shared) is false. What is refused stops nothing else.
      - Afterwards the replica has been seen to be gone. The options that say what a replica is to be like, and the
        agency, do not matter then.
    type: str
    choices: [present, absent]
    default: present
  delete_shared:
    description:
      - With O(state=absent), whether a replica that is shared with others is deleted too. Nobody tells them.
    type: bool
    default: false
notes:
  - The service runs five copies at a time for an account. When all slots are taken, a copy is submitted as soon as one
    is free, within O(wait_timeout).
  - The service has no way to cancel a copy. After a time-out it goes on, and a further run waits for it.
"""
