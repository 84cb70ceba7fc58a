#!/bin/sh
# run.sh [OPTION …]: one test without a browser; its options are those of `swarmscope run`.
# Ends with the run's exit code: 0 fine, 1 requests failed, 2 wrong usage, 3 no request,
# 4 unreachable, 5 incomplete.
set -eu
. "$(dirname "$0")/compose.sh"

if [ -z "$(compose ps --quiet locust-master 2>/dev/null)" ]; then
    say "The stack isn't up. Nothing was started. \`$(hint up)\` first."
    exit 2
fi
compose --progress quiet run --rm --no-deps driver --results results --workers="$(setting WORKERS 2)" "$@"
