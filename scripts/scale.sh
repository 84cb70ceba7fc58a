#!/bin/sh
# scale.sh [NUMBER]: so many workers, also during a test.
set -eu
. "$(dirname "$0")/compose.sh"
find_secrets
. scripts/checks.sh

FATE="Nothing was changed."
workers=${1:-}
there=$(services --filter status=running)
count=$(printf '%s\n' "$there" | grep -c -x locust-worker || true)
if [ -z "$workers" ]; then
    refuse "WORKERS isn't given; $count of them run." "Say how many there shall be: $(hint scale) WORKERS=8"
fi
check_workers "$workers" scale
printf '%s\n' "$there" | grep -q -x locust-master ||
    refuse "The stack isn't up: there is no master for workers." "Start it with so many: $(hint up) WORKERS=$workers"
scripts/settings.sh "$ENV_FILE" "WORKERS=$workers"
compose --progress quiet up --detach --wait --no-deps --no-recreate locust-worker
echo "$workers workers; there were $count."
