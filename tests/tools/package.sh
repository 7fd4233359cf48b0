#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the artifact from a copy of the collection and imports it as Galaxy would: package.sh COPY. A warning is a failure.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
dist="${PWD}/.build/dist"
rm -rf "${dist}"
mkdir -p "${dist}"
(cd "$1" && ansible-galaxy collection build --output-path "${dist}")
cd "${dist}"
artifact="$(echo ./*.tar.gz)"
GALAXY_IMPORTER_CHECK_REQUIRED_TAGS=true python -m galaxy_importer.main "${artifact}" 2>&1 | tee importer.log
if grep -E '^(WARNING|ERROR)' importer.log; then
    echo "galaxy-importer is not content." >&2
    exit 1
fi
if tar --list --file="${artifact}" | grep -E '(^|/)(\.venv|\.build|\.git|__pycache__|output)/'; then
    echo "The artifact holds what it should not." >&2
    exit 1
fi
echo "Built .build/dist/${artifact#./} ($(du -k "${artifact}" | cut -f1) KiB)."
