#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the virtual environment .venv/NAME from tests/requirements/NAME.txt; says nothing unless it fails.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
name="$1"
venv=".venv/${name}"
log=".build/logs/venv-${name}.log"
mkdir -p .build/logs .venv
python="$(bash tests/tools/python.sh)" || exit 1
echo "Setting up .venv/${name} ..."
if ! { rm -rf "${venv}" \
    && "${python}" -m venv "${venv}" \
    && "${venv}/bin/python" -m pip install --disable-pip-version-check -r "tests/requirements/${name}.txt"; } >"${log}" 2>&1; then
    tail -n 40 "${log}" >&2
    echo "Could not set up .venv/${name}; the whole log is in ${log}." >&2
    exit 1
fi
touch "${venv}/.ready"
