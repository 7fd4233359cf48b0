#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Shows the main jobs on an embedded cloud: one copy, the same again, a refusal, an ad-hoc command, and a migration of a
# dozen images with live progress and a report. Leaves nothing running, and only the report behind.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

scratch="$(mktemp -d)"
report="$(cd .. && pwd)/.build/demo"
emulator=""
stop() {
    if [ -n "${emulator}" ]; then
        kill "${emulator}" 2>/dev/null || true
        wait "${emulator}" 2>/dev/null || true
    fi
    rm -rf "${scratch}"
}
trap stop EXIT
trap 'exit 130' INT TERM

say() { printf '\n== %s\n' "$*"; }
show() {
    printf '$ %s\n' "$(printf '%q ' "$@")"
    "$@"
}

say "An embedded Huawei Cloud with its identity and image services"
python -m tests.emulator --port 0 --port-file "${scratch}/ports.json" --time-scale 120 >"${scratch}/emulator.log" &
emulator=$!
for _ in $(seq 100); do
    [ -e "${scratch}/ports.json" ] && break
    kill -0 "${emulator}"
    sleep 0.1
done

# These are the very variables with which the real cloud is reached, except for the two endpoints.
variables="$(python prepare.py "${scratch}/ports.json")"
eval "${variables}"
export HW_IMS_STATE_DIR="${scratch}/state"
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOWS=true
echo "It listens at ${HW_IMS_ENDPOINT}, and its time runs 120 times as fast"

say "1. An image is copied to another region"
show ansible-playbook copy_image.yml

say "2. The same again: nothing changes"
show ansible-playbook copy_image.yml

say "3. An image that breaks several rules at once, in check mode: every reason in one answer, nothing submitted"
if show ansible-playbook copy_image.yml --check --diff -e image=broken-everything -e to=cn-north-4; then
    echo "This should have been refused." >&2
    exit 1
fi

say "4. The same job as an ad-hoc command"
show ansible localhost -m huaweicloud.ims.ims_image_cross_region_copy \
    -a "image_name=ubuntu-22.04-web source_region=cn-north-4 destination_region=cn-east-3 agency_name=ims_copy_image wait_interval=0.2" | sed -n '1,8p'

say "5. A dozen images to two regions, five copies at a time; one of them may not leave, and that stops nothing"
show ansible-playbook huaweicloud.ims.migrate -e @migration.yml -e "image_migration_report_dir=${report}"

say "6. The same again: nothing is left to do"
show ansible-playbook huaweicloud.ims.migrate -e @migration.yml -e "image_migration_report_dir=${report}/again"

say "Done; the embedded cloud has been stopped. The report of the migration: ${report}/report.html"
