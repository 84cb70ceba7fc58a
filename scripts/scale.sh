#!/bin/sh
# scale.sh NUMBER: so many workers, also during a test.
set -eu
. "$(dirname "$0")/compose.sh"

workers=$1
case $workers in
'' | *[!0-9]*)
    say "WORKERS is '$workers', which is no number of workers. Nothing was changed: $(hint scale) WORKERS=8"
    exit 2
    ;;
esac
scripts/settings.sh "$ENV_FILE" "WORKERS=$workers"
compose --progress quiet up --detach --wait --no-deps --no-recreate locust-worker
echo "$workers workers."
