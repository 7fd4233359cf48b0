#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs two halves of the tests at the same time: beside.sh LOG PYTEST ... -- PYTEST ...; what the second one prints comes last.
# For thousands of tests that take a millisecond each, handing them out one by one costs more than the tests.
set -u
log="$1"
shift
first=()
while [ "$1" != "--" ]; do
    first+=("$1")
    shift
done
shift
mkdir -p "$(dirname "${log}")"
"$@" >"${log}" 2>&1 &
other=$!
trap 'kill "${other}" 2>/dev/null' EXIT
one=0
two=0
"${first[@]}" || one=$?
wait "${other}" || two=$?
cat "${log}"
# 5: of that half nothing was asked for.
if [ "${one}" -eq 5 ]; then exit "${two}"; fi
if [ "${two}" -eq 5 ]; then exit "${one}"; fi
exit "$((one > two ? one : two))"
