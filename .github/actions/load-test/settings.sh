#!/usr/bin/env bash
# What the inputs come to, in a file that each step reads: names of files, keys, and what an input must not be.
set -euo pipefail

refuse() { # WHY
    echo "::error title=Load test::$1"
    exit 2
}

# On this event GitHub runs the pull request's code with the rights and the cache of the target branch.
[ "$GITHUB_EVENT_NAME" != pull_request_target ] ||
    refuse "Not on pull_request_target: code of a pull request would run with the rights of the target branch. Use pull_request."
[ "$CANNOT_COMPARE" = warn ] || [ "$CANNOT_COMPARE" = fail ] || refuse "cannot-compare is '$CANNOT_COMPARE': say warn or fail."
for file in "$LOCUSTFILE" "$THRESHOLDS" ${REQUIREMENTS:+"$REQUIREMENTS"}; do
    [ -f "$file" ] || refuse "There is no file $file in $PWD."
done

# In names of files and keys nothing else: keys are found by how they begin, so a dot ends each part.
slug() { printf %s "$1" | tr -c 'A-Za-z0-9_-' -; }
# A baseline's name has no comma; a branch's may.
BASELINE=${BASELINE//,/-}
SLUG=$(slug "$TEST")
STATE=$RUNNER_TEMP/swarmscope/$SLUG
RESULTS=$STATE/results
SETTINGS=$STATE/settings.sh
# A path within the workspace, which is a part of the key: elsewhere it is another one on each machine.
STORE=.swarmscope-ci/$SLUG
[ -z "${INFLUXDB_V2_URL:-}" ] || STORE=
rm -rf -- "$STATE" # of an earlier job on a machine of one's own
mkdir -p -- "$RESULTS"
[ -z "$STORE" ] || rm -rf -- "${GITHUB_WORKSPACE:?}/$STORE"

KEEPS=false
case $GITHUB_EVENT_NAME in
push | schedule | workflow_dispatch) [ "$GITHUB_REF_NAME" != "$BASELINE" ] || KEEPS=true ;;
esac
if [ "$START_ANEW" = true ] && [ "$KEEPS" != true ]; then
    echo "::notice title=Load test::start-anew does nothing here: a push, a night or a run by hand of the baseline's own branch begins it anew."
    START_ANEW=false
fi

{
    for name in TEST HOST LOCUSTFILE THRESHOLDS USERS SPAWN_RATE RUN_TIME WARM_UP START READY INSTALL REQUIREMENTS PYTHON \
        PORT CONFIRM BASELINE CANNOT_COMPARE ANYWAY START_ANEW KEEP_RUNS STATE RESULTS STORE SLUG; do
        printf '%s=%q\n' "$name" "${!name}"
    done
    printf 'export SWARMSCOPE_TEST=%q SWARMSCOPE_ENVIRONMENT=%q SWARMSCOPE_SPOOL_DIR=%q\n' "$TEST" "$ENVIRONMENT" "$STATE/spool"
    [ -z "$STORE" ] || printf 'export INFLUXDB_V2_URL=%q\n' "http://127.0.0.1:$PORT"
    # The service is started as the job would start it, and not with the test's Python.
    printf 'JOBS_PATH=%q\nPATH=%q\nexport LOAD_TEST_PYTHON=%q\n' "$PATH" "$STATE/venv/bin:$PATH" "$STATE/venv/bin/python"
    cat "$GITHUB_ACTION_PATH/functions.sh"
} > "$SETTINGS"

prefix=swarmscope.${RUNNER_OS:-any}.$SLUG.$(slug "$BASELINE").
{
    echo "settings=$SETTINGS"
    echo "results=$RESULTS"
    echo "slug=$SLUG"
    echo "store=$STORE"
    echo "keeps=$KEEPS"
    # Never there before: an entry of the cache can't be written twice.
    echo "key=$prefix$GITHUB_RUN_ID.$GITHUB_RUN_ATTEMPT"
    echo "keys=$prefix"
} >> "$GITHUB_OUTPUT"
