#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Forgets what an earlier run of that suite covered: fresh_coverage.sh unit|cloud|e2e.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mkdir -p .build/coverage
rm -f ".build/coverage/$1" ".build/coverage/$1".*
