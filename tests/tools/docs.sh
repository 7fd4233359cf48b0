#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the pages of the documentation in .build/docs/html; a warning is an error.
# The pictures are those that tests/tools/pictures.py has just made. Without the internet nothing is known of the pages of others: those that are named stand in elsewhere.rst.
set -euo pipefail

collection="$(sed -n 's/^namespace: //p' galaxy.yml).$(sed -n 's/^name: //p' galaxy.yml)"
site="${PWD}/.build/docs"
rm -rf "${site}"
# Neither the group nor others may write there, or antsibull-docs refuses.
(umask 022 && mkdir -p "${site}/rst")
common=(--use-current --squash-hierarchy --fail-on-error)
antsibull-docs sphinx-init "${common[@]}" --dest-dir "${site}" --project "${collection}" --title "${collection}" \
    --html-short-title "${collection}" "${collection}" >/dev/null
printf '%s\n' 'intersphinx_mapping = {}' 'nitpicky = False' >>"${site}/conf.py"
antsibull-docs --config-file "${site}/antsibull-docs.cfg" collection "${common[@]}" --dest-dir "${site}/rst" "${collection}"
cp tests/tools/elsewhere.rst "${site}/rst/"
# antsibull-docs takes text alone.
cp -r .build/pictures "${site}/rst/docsite/pictures"
sphinx-build -q -W --keep-going -c "${site}" "${site}/rst" "${site}/html"
echo "The pages begin with ${site}/html/index.html"
