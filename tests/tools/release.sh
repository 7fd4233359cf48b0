#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes a release: release.sh VERSION. The fragments become the changelog, in a commit of their own; the artifact is built from
# that commit, checked as Galaxy does, and run where nothing else is. Until all of that is well the checkout stays as it was.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root="${PWD}"
version="${1:-}"

refuse() {
    echo "No release: $*" >&2
    exit 1
}

[[ "${version}" =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || refuse "VERSION=x.y.z says which, and is \"${version}\"."
[ -z "$(git status --porcelain)" ] || refuse "there are changes that are not committed; git status lists them."
noted="$(sed -n 's/^version: *//p' galaxy.yml)"
[ "${noted}" = "${version}" ] || refuse "galaxy.yml has version ${noted}."
if git rev-parse --quiet --verify "refs/tags/${version}" >/dev/null; then refuse "there is a tag ${version}."; fi
ls changelogs/fragments/*.yml >/dev/null 2>&1 || refuse "no fragment in changelogs/fragments tells what is new."

scratch="${root}/.build/release"
rm -rf "${scratch}"
mkdir -p "${scratch}"
git clone --quiet --no-hardlinks "${root}" "${scratch}/checkout"
mkdir -p "${scratch}/tree/ansible_collections/huaweicloud"
ln -s "${scratch}/checkout" "${scratch}/tree/ansible_collections/huaweicloud/ims"
cd "${scratch}/tree/ansible_collections/huaweicloud/ims"
ANSIBLE_COLLECTIONS_PATH="${scratch}/tree" antsibull-changelog release --version "${version}"
git add --all changelogs CHANGELOG.md CHANGELOG.rst
git -c user.name="$(git -C "${root}" log -1 --format=%an)" -c user.email="$(git -C "${root}" log -1 --format=%ae)" \
    commit --quiet --message "Release ${version}"

# Every copy of the version, and what the changelog says of it.
PYTHONPATH="${scratch}/tree:${scratch}/checkout" "${root}/.venv/tests/bin/pytest" -q tests/unit/test_project.py

# What is committed, and nothing else.
copy="${scratch}/copy/ansible_collections/huaweicloud/ims"
mkdir -p "${copy}"
git archive HEAD | tar --extract --directory="${copy}"
cd "${root}"
bash tests/tools/package.sh "${copy}"
artifact="${root}/.build/dist/huaweicloud-ims-${version}.tar.gz"
[ -e "${artifact}" ] || refuse "what was built is not ${artifact}."
bash tests/tools/installed.sh "${artifact}"

git pull --quiet --ff-only "${scratch}/checkout" HEAD
cat <<END
${artifact} is version ${version}, built from $(git rev-parse --short HEAD) "$(git log -1 --format=%s)". To publish it:
    git tag ${version} && git push origin HEAD ${version}
    ansible-galaxy collection publish ${artifact}
END
