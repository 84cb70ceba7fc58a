#!/bin/sh
# run.sh [OPTION …]: one test without a browser; its options are those of `swarmscope run`.
# Ends with the run's exit code, which make turns into 2, and says why it is that one: 0 fine, 1 more requests failed than may,
# 2 wrong usage, 3 no request, 4 unreachable, 5 incomplete.
set -eu
. "$(dirname "$0")/compose.sh"
find_secrets

users=
for option; do
    case $option in --users | --users=?*) users=given ;; esac
done
if [ -z "$users" ]; then
    say "USERS isn't given. Nothing was started. Say how many, and for how long: $(hint run) USERS=100 TIME=1m"
    exit 2
fi
if ! services --filter status=running | grep -q -x locust-master; then
    # One that can't load its locustfile begins again and again.
    ! services | grep -q -x locust-master || loads || exit 2
    say "The stack isn't up. Nothing was started. \`$(hint up)\` first."
    exit 2
fi
if [ "$(by_name ps --format '{{.Health}}' locust-master)" != healthy ]; then
    loads || exit 2
fi
# The demo is made to fail now and then, and ends well all the same: this is said each time, and holds
# for the demo's own test of the demo shop alone.
if [ -z "$(setting LOCUSTFILE '')$(setting LOCUST_HOST '')" ]; then
    case " $* " in
    *' --max-fail-ratio'[\ =]* | *' --host'[\ =]*) ;;
    *)
        say "The demo shop lets about 1 % of requests fail: things are sold out, links are dead. Up to 3 % are"
        say "no reason for this run to fail; of a test of your own none may, unless you say FAIL_RATIO=1%."
        set -- --max-fail-ratio=3% "$@"
        ;;
    esac
fi
job driver --results results --workers="$(setting WORKERS 2)" "$@"
