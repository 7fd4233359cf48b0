#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints the path of a Python that is new enough (3.11) and really runs: $PYTHON, python3, or a versioned name.
set -u
for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
    # A version manager's shim may stand on PATH and still refuse to run, so each one is asked.
    if path="$("${name}" -c 'import sys, venv, ensurepip; print(sys.executable) if sys.version_info >= (3, 11) else sys.exit(1)' 2>/dev/null)"; then
        echo "${path}"
        exit 0
    fi
done
echo "A Python of at least 3.11 with venv is needed (on Debian and Ubuntu: apt-get install python3-venv); PYTHON=/path/to/python3 chooses one." >&2
exit 1
