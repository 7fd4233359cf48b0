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
cat >>"${site}/conf.py" <<'CONF'
intersphinx_mapping = {}
nitpicky = False
extensions += ["myst_parser", "sphinxcontrib.mermaid"]
myst_fence_as_directive = ["mermaid"]
myst_heading_anchors = 3
CONF
antsibull-docs --config-file "${site}/antsibull-docs.cfg" collection "${common[@]}" --dest-dir "${site}/rst" "${collection}"
# What readers of the repository have in Markdown is in depth, and has a place of its own.
mkdir "${site}/rst/in_depth"
cp docs/*.md "${site}/rst/in_depth/"
# Their links to what is no page lead into the repository.
repository="$(sed -n 's/^repository: //p' galaxy.yml)"
sed -i -E "s#\]\((\.\./|awx/)([^)]*)\)#](${repository}/tree/main/docs/\1\2)#g" "${site}"/rst/in_depth/*.md
{
    printf '%s\n' '' '.. toctree::' '    :caption: In depth' '    :maxdepth: 1' ''
    for page in how_it_works errors parity awx life_of_a_copy development files; do echo "    in_depth/${page}"; done
} >>"${site}/rst/index.rst"
cp tests/tools/elsewhere.rst "${site}/rst/"
# antsibull-docs takes text alone.
cp -r .build/pictures "${site}/rst/docsite/pictures"
sphinx-build -q -W --keep-going -c "${site}" "${site}/rst" "${site}/html"
echo "The pages begin with ${site}/html/index.html"
