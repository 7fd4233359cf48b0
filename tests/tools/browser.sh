#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs Chromium and its driver, in which the tests look at the report, where they are missing and apt-get can be used.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
has_browser() {
    command -v chromedriver >/dev/null \
        && { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null
}
has_browser && exit 0

log=".build/logs/browser.log"
mkdir -p .build/logs
as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo -n); fi
if command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null; then
    echo "Installing chromium and chromium-driver ..."
    {
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update --quiet
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install --yes --quiet --no-install-recommends chromium chromium-driver
    } >"${log}" 2>&1 || tail -n 20 "${log}" >&2
fi
# What a missing browser means is for the test to say: it fails in CI, and is skipped elsewhere.
has_browser || echo "No Chromium with its chromedriver, and no way to install them here; on Debian: apt-get install chromium chromium-driver" >&2
exit 0
