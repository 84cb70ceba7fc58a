#!/bin/sh
# logs.sh [SERVICE …]: follow what these say, or all; whatever the settings of the stack are.
set -eu
. "$(dirname "$0")/compose.sh"

there=$(services) || exit
there=$(printf '%s\n' "$there" | uniq)
if [ -z "$there" ]; then
    say "The stack isn't up, and nothing of it has a log. \`$(hint up)\` starts it."
    exit 2
fi
for service; do
    printf '%s\n' "$there" | grep -q -x -F -e "$service" && continue
    say "SERVICE is $service, and the stack has none of that name. Nothing was done. There are:"
    # shellcheck disable=SC2086 # a list of services
    say "   " $there
    exit 2
done
by_name logs --follow --tail 100 -- "$@"
