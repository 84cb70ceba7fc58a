#!/bin/sh
# status.sh: what runs of the stack, whatever its settings are, and where its pages are.
set -eu
. "$(dirname "$0")/compose.sh"

there=$(services) || exit
if [ -z "$there" ]; then
    say "The stack isn't up: \`$(hint up)\` starts it."
    exit 0
fi
by_name ps --all --format 'table {{.Service}}\t{{.Name}}\t{{.Status}}'
scripts/where.sh || say "Where its pages are can't be told: see above. The services are those that run."
