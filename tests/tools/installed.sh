#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs an artifact where nothing else is, deletes all but what runs, and runs it there: one image, an ad-hoc command, a
# migration by its playbook: installed.sh [ARTIFACT], or else one that is built from what git knows or would take. VENV is the
# environment that has Ansible, or else that of the tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root="${PWD}"
venv="${VENV:-${root}/.venv/tests}"
# Ansible would find the collection there, too.
unset PYTHONPATH
scratch="$(mktemp -d)"
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

PYTHONPATH="${root}" "${root}/.venv/tests/bin/python" -m tests.emulator --port 0 --port-file "${scratch}/ports.json" --time-scale 600 >"${scratch}/emulator.log" &
emulator=$!

export HOME="${scratch}/home" ANSIBLE_HOME="${scratch}/home/.ansible" PATH="${venv}/bin:${PATH}"
mkdir -p "${HOME}" "${scratch}/dist"
artifact="${1:-}"
if [ -z "${artifact}" ]; then
    bash tests/tools/tree.sh copy "${scratch}/copy"
    (cd "${scratch}/copy/ansible_collections/huaweicloud/ims" && ansible-galaxy collection build --output-path "${scratch}/dist") >/dev/null
    artifact="$(echo "${scratch}"/dist/*.tar.gz)"
fi
export ANSIBLE_COLLECTIONS_PATH="${scratch}/collections"
ansible-galaxy collection install --offline "${artifact}" -p "${ANSIBLE_COLLECTIONS_PATH}" >/dev/null
here="${ANSIBLE_COLLECTIONS_PATH}/ansible_collections/huaweicloud/ims"
find "${here}" -mindepth 1 -maxdepth 1 -not -name meta -not -name plugins -not -name roles -not -name playbooks -exec rm -rf {} +
cp demo/copy_image.yml demo/migration.yml "${scratch}"

for _ in $(seq 200); do
    [ -e "${scratch}/ports.json" ] && break
    kill -0 "${emulator}"
    sleep 0.1
done
variables="$(PYTHONPATH="${root}" "${root}/.venv/tests/bin/python" demo/prepare.py "${scratch}/ports.json")"
eval "${variables}"
export HW_IMS_STATE_DIR="${scratch}/state"
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOWS=true ANSIBLE_NOCOLOR=true
cd "${scratch}"

# expect WORDS COMMAND...: it ends well, and its output holds the words.
expect() {
    local words="$1"
    shift
    if ! "$@" >output 2>&1 || ! grep -qF "${words}" output; then
        cat output >&2
        echo "Wanted \"${words}\" of: $*" >&2
        exit 1
    fi
}

adhoc=(ansible localhost -m huaweicloud.ims.ims_image_info -a "region=cn-south-1")
copy=(ansible-playbook copy_image.yml)
migrate=(ansible-playbook huaweicloud.ims.migrate -e @migration.yml -e "image_migration_report_dir=${scratch}/report")
expect "changed=1" "${copy[@]}"
expect "changed=0" "${copy[@]}"
expect '"ubuntu-22.04-web"' "${adhoc[@]}"
expect "changed=1" "${migrate[@]}"
expect "changed=0" "${migrate[@]}"
test -s "${scratch}/report/report.html"
ansible --version | sed -n "1s/^/installed and run with /p"
echo "on Python $(python -c 'import sys; print(sys.version.split()[0])')"
