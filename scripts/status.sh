#!/bin/sh
# status.sh: what runs of the stack, whatever its settings are, and where its pages are.
set -eu
. "$(dirname "$0")/compose.sh"

if [ -z "$(services)" ]; then
    say "The stack isn't up: \`$(hint up)\` starts it."
    exit 0
fi
by_name ps --all --format 'table {{.Service}}\t{{.Name}}\t{{.Status}}'
scripts/where.sh
