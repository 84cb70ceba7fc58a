#!/bin/sh
# docker-compose.sh …: `docker compose …` on the stack that NAME names.
set -eu
. "$(dirname "$0")/compose.sh"

compose "$@"
