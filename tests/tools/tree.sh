#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Lays the collection where its name can be imported: "link" a tree for pytest and mypy, "copy DIR" for tools that refuse links.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mkdir -p .build/home
case "$1" in
    link)
        mkdir -p .build/tree/ansible_collections/huaweicloud
        ln -sfn "${PWD}" .build/tree/ansible_collections/huaweicloud/ims
        ;;
    copy)
        # Only what git knows or would take: no environments, no build products.
        target="$2/ansible_collections/huaweicloud/ims"
        rm -rf "$2"
        mkdir -p "${target}"
        git ls-files -z --cached --others --exclude-standard \
            | while IFS= read -r -d '' file; do [ -e "${file}" ] && printf '%s\0' "${file}"; done \
            | tar --create --null --files-from=- --file=- | tar --extract --directory="${target}" --file=-
        # The tools list files by asking git; without a repository of its own the copy would lie in an ignored folder.
        git -C "${target}" init --quiet
        ;;
    *)
        echo "tree.sh link | copy DIR" >&2
        exit 2
        ;;
esac
