#!/usr/bin/env bash
# The comment and the job's summary: the verdict, the comparison, and where the rest is.
set -euo pipefail
# shellcheck source=/dev/null
. "$SETTINGS"
comparison() {
    if [ -f "$RESULTS/comparison.md" ]; then
        cat "$RESULTS/comparison.md"
    else
        echo "❔ **Not compared** with $(code "$BASELINE"): $(code "$(tail -n 1 "$RESULTS/comparison.txt" 2> /dev/null)")"
    fi
    if [ "$COMPARISON" = 3 ]; then
        echo
        echo "Runs of $(code "$BASELINE") that pass are kept to compare others with, on each push and each night; from ten on"
        echo "that says most. GitHub forgets them when none was used for a week: then it begins anew."
    fi
    [ ! -f "$RESULTS/kept.txt" ] || printf '\n%s\n' "$(code "$(cat "$RESULTS/kept.txt")")"
}
code() { # TEXT: whatever is in it, as it is
    printf '<code>%s</code>' "$(printf %s "$1" |
        sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s/\[/\&#91;/g; s/\]/\&#93;/g; s/`/\&#96;/g; s/\*/\&#42;/g' | tr -d '\n')"
}
{
    echo "### Load test $(code "$TEST")"
    echo
    if [ -f "$RESULTS/verdict.md" ]; then cat "$RESULTS/verdict.md"; else echo "❔ **Not judged** (exit code $VERDICT): the log says why."; fi
    echo
    echo "#### Against $(code "$BASELINE")"
    echo
    comparison
    echo
    echo "[Report and logs]($GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID)"
} > "$RESULTS/told.md"
# The verdict itself is there already.
{
    echo "#### Against $(code "$BASELINE")"
    echo
    comparison
} >> "$GITHUB_STEP_SUMMARY"
if [ "$COMPARISON" = 3 ] || [ "$COMPARISON" = 5 ]; then
    echo "::warning title=Load test::No comparison can be told: see the job's summary."
fi
{
    echo "<!-- swarmscope load test: $SLUG -->"
    cat "$RESULTS/told.md"
} > "$RESULTS/comment.md"
