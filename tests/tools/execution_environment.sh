#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes an environment of ansible-core and what ansible-builder finds that the collection needs, nothing else, and runs the
# artifact in it: what an execution environment would have is enough.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root="${PWD}"
folder="${root}/.build/execution-environment"
rm -rf "${folder}"
bash tests/tools/tree.sh copy "${folder}/collections"
"${root}/.venv/tools/bin/ansible-builder" introspect --write-pip "${folder}/requirements.txt" "${folder}/collections" >/dev/null
cat "${folder}/requirements.txt"
grep -q "from collection huaweicloud.ims" "${folder}/requirements.txt"
"${root}/.venv/tests/bin/python" -m venv "${folder}/venv"
"${folder}/venv/bin/python" -m pip install -qq --disable-pip-version-check ansible-core -r "${folder}/requirements.txt"
VENV="${folder}/venv" bash tests/tools/installed.sh
