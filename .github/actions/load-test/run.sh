#!/usr/bin/env bash
# One run of the test. Of a second one, to confirm the first, `swarmscope check` names the run.
set -euo pipefail
# shellcheck source=/dev/null
. "$SETTINGS"
export SWARMSCOPE_RUN_ID=${SWARMSCOPE_RUN_ID:-ci-$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT-$SLUG}
echo "$SWARMSCOPE_RUN_ID" >> "$STATE/runs"
# How many requests may fail is the thresholds' to say.
locust --locustfile "$LOCUSTFILE,$(python -m swarmscope.listener)" --host "$HOST" --headless --only-summary \
    --users "$USERS" --spawn-rate "${SPAWN_RATE:-$USERS}" --run-time "$RUN_TIME" --exit-code-on-error 0 \
    2>&1 | tee -a "$RESULTS/locust.log"
