#!/bin/sh
# down.sh: stop the stack, whatever its settings are; its data stays.
set -eu
. "$(dirname "$0")/compose.sh"

by_name down
