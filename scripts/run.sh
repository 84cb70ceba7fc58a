#!/bin/sh
# run.sh [OPTION …]: one test without a browser; its options are those of `swarmscope run`.
# Ends with the run's exit code, which make turns into 2, and says why it is that one: 0 fine, 1 more requests failed than may,
# or a threshold is broken, 2 wrong usage, 3 no request, 4 unreachable, 5 incomplete or inconclusive.
set -eu
. "$(dirname "$0")/compose.sh"
find_secrets

users=
thresholds=
before=
for option; do
    case $option in
    --users | --users=?*) users=given ;;
    --thresholds=*) thresholds=${option#*=} ;;
    esac
    [ "$before" != --thresholds ] || thresholds=$option
    before=$option
done
# The master judges by it while the test goes on; at the end it is the same file.
[ "$thresholds" ] || thresholds=$(path THRESHOLDS '') || exit
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
if [ -z "$(setting LOCUSTFILE '')$(setting LOCUST_HOST '')$thresholds" ]; then
    case " $* " in
    *' --max-fail-ratio'[\ =]* | *' --host'[\ =]*) ;;
    *)
        say "The demo shop lets about 1 % of requests fail: things are sold out, links are dead. Up to 3 % are"
        say "no reason for this run to fail; of a test of your own none may, unless you say FAIL_RATIO=1%."
        set -- --max-fail-ratio=3% "$@"
        ;;
    esac
fi
set -- driver --results results --workers="$(setting WORKERS 2)" "$@"
if [ "$thresholds" ]; then
    if ! [ -r "$thresholds" ] || [ -d "$thresholds" ]; then
        say "THRESHOLDS is '$thresholds', and there is no such file that can be read. Nothing was started."
        exit 2
    fi
    # The container sees none of this machine's files but this one; of an option that comes twice the last holds.
    folder=$(CDPATH='' cd -- "$(dirname -- "$thresholds")" && pwd)
    set -- --volume "$folder/$(basename -- "$thresholds"):/thresholds.yaml:ro" "$@" --thresholds /thresholds.yaml
fi
job "$@"
