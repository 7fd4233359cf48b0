#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs ansible-test on a copy of the collection, with a home of its own: ansible_test.sh sanity|integration|units [arguments].
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root="${PWD}"
home="${root}/.build/home"
copy="${root}/.build/ansible-test/$1"
venv="${root}/.venv/tests"

mkdir -p "${home}/.config"
if [ -d "${HOME}/.config/pip" ]; then
    ln -sfn "${HOME}/.config/pip" "${home}/.config/pip"  # the user's package index, if there is one of his own
fi

# Pythons to compile and import with: those of pyenv by their real folders, for a shim of one that is not active fails.
path=""
found="${PATH//:/$'\n'}"
while IFS= read -r folder; do
    if [ -d "${folder%/shims}/versions" ] && [ "${folder}" != "${folder%/shims}" ]; then
        for version in "${folder%/shims}"/versions/*/bin; do path="${path}:${version}"; done
    else
        path="${path}:${folder}"
    fi
done <<<"${found}"

"${venv}/bin/python" tests/tools/pip_stand_in.py "${home}"
bash tests/tools/tree.sh copy "${copy}"
cd "${copy}/ansible_collections/huaweicloud/ims"
HOME="${home}" PATH="${venv}/bin${path}" exec ansible-test "$@"
