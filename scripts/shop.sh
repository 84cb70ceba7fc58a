#!/bin/sh
# shop.sh [FAULT]: what the demo shop suffers from, switched while it runs: cliff:8, say, or off. Without
# one it is only said which faults are on.
set -eu
. "$(dirname "$0")/compose.sh"

if ! services --filter status=running | grep -q -x shop; then
    say "The demo shop isn't there. Nothing was changed. \`$(hint up) DEMO=on\` starts it."
    exit 2
fi
by_name exec -T shop python -P -m swarmscope.demo.faults.switching http://127.0.0.1:8080 "$@"
