#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs ansible-test on a copy of the collection, with a home of its own: ansible_test.sh sanity|integration|units [arguments].
# VENV is the environment that has it, or else that of the tests.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root="${PWD}"
venv="${VENV:-${root}/.venv/tests}"
# One for each: what ansible-test keeps there may be made by two at a time.
home="${root}/.build/ansible-test/home-$(basename "${venv}")"
copy="${root}/.build/ansible-test/$(basename "${venv}")-$1"

mkdir -p "${home}/.config"
if [ -d "${HOME}/.config/pip" ]; then
    ln -sfn "${HOME}/.config/pip" "${home}/.config/pip"  # the user's package index, if there is one of his own
fi

# Pythons to compile and import with.
path="$("${venv}/bin/python" tests/tools/pythons.py)"

"${venv}/bin/python" tests/tools/pip_stand_in.py "${home}"
bash tests/tools/tree.sh copy "${copy}"
cd "${copy}/ansible_collections/huaweicloud/ims"
HOME="${home}" PATH="${venv}/bin:${path}" exec ansible-test "$@"
