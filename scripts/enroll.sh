#!/bin/sh
# enroll.sh --host NAME [--url https://…:8087] [--revoke]: let another machine report its metrics.
set -eu
. "$(dirname "$0")/compose.sh"
find_secrets

compose --progress quiet run --rm --no-deps enroll "$@"
