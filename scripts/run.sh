#!/bin/sh
# run.sh [OPTION …]: one test without a browser; its options are those of `swarmscope run`.
# Ends with the run's exit code, and says why it is that one: 0 fine, 1 more requests failed than may,
# 2 wrong usage, 3 no request, 4 unreachable, 5 incomplete.
set -eu
. "$(dirname "$0")/compose.sh"

if [ -z "$(compose ps --quiet locust-master 2>/dev/null)" ]; then
    say "The stack isn't up. Nothing was started. \`$(hint up)\` first."
    exit 2
fi
if [ "$(compose ps --format '{{.Health}}' locust-master)" != healthy ]; then
    loads || exit 2
fi
# The demo is made to fail now and then, and ends well all the same: this is said each time, and holds
# for the demo's own test of the demo shop alone.
if [ -z "$(setting LOCUSTFILE '')$(setting LOCUST_HOST '')" ]; then
    case " $* " in
    *' --max-fail-ratio='* | *' --host='*) ;;
    *)
        say "The demo shop lets about 1 % of requests fail: things are sold out, links are dead. Up to 3 % are"
        say "no reason for this run to fail; of a test of your own none may, unless you say FAIL_RATIO=1%."
        set -- --max-fail-ratio=3% "$@"
        ;;
    esac
fi
compose --progress quiet run --rm --no-deps driver --results results --workers="$(setting WORKERS 2)" "$@"
