#!/usr/bin/env bash
# Put the run into the baseline, and let old ones go. A run that failed, or is worse than those before, isn't
# taken: the baseline would get used to it.
set -euo pipefail
# shellcheck source=/dev/null
. "$SETTINGS"
say() {
    echo "$1" | tee -a "$RESULTS/kept.txt"
}
if [ "$VERDICT" = 1 ]; then
    say "This run didn't pass, and is not in the baseline."
elif [ "$VERDICT" = 5 ]; then
    say "Nobody can tell whether this run passed, and it is not in the baseline. $(sed -n '/^Run /p' "$RESULTS/verdict.txt" | tail -n 1)"
elif [ "$VERDICT" != 0 ]; then
    say "This run wasn't judged (exit code $VERDICT), and is not in the baseline."
elif [ "$COMPARISON" = 1 ]; then
    say "This run is worse than those before, and is not in the baseline. If that is meant, run the workflow with start-anew."
else
    set --
    [ "$ANYWAY" != true ] || set -- --anyway
    code=0
    swarmscope baseline add "$RUN" --name "$BASELINE" "$@" 2>&1 | tee -a "$RESULTS/kept.txt" || code=$?
    [ "$code" = 0 ] || [ "$code" = 5 ] || exit "$code" # 5: others shouldn't be compared with it, and it says why
fi
if [ "$STORE" ]; then
    # A store of one's own has a retention.
    python "$GITHUB_ACTION_PATH/old_runs.py" "$BASELINE" "$KEEP_RUNS" > "$STATE/old-runs"
    while read -r old; do
        swarmscope delete "$old" --yes
    done < "$STATE/old-runs"
fi
echo "kept=true" >> "$GITHUB_OUTPUT"
