#!/bin/sh
# cli.sh [WORDS]: the command `swarmscope` inside the stack. WORDS is one text, with quotes where a
# word has blanks, as in a shell; but nothing in it is run or replaced.
set -eu
. "$(dirname "$0")/compose.sh"
find_secrets

words=${1:-}
newline='
'
refuse() {
    say "ARGS $1. Nothing was done."
    say "Give them as in: $(hint cli) ARGS='annotate deploy \"version 7\"'"
    exit 2
}

case $words in *"$newline"*) refuse "has more than one line" ;; esac
set --
case $words in
*[![:blank:]]*)
    # A word in each line, none of them empty.
    split=$(printf '%s\n' "$words" | xargs printf '<%s\n' 2>/dev/null) || refuse "has a quote without its other half"
    while IFS= read -r word; do
        set -- "$@" "${word#<}"
    done <<END
$split
END
    ;;
esac
job cli "$@"
