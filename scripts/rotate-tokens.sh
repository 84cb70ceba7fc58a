#!/bin/sh
# New tokens for every service. Nothing is lost: workers keep what the old token can't deliver any
# more, read the new one, and go on.
set -eu
. "$(dirname "$0")/compose.sh"

say "Making new tokens …"
compose run --rm bootstrap --rotate --keep-old
say "Restarting what reads its token at its start …"
compose restart telegraf grafana
compose up --detach --wait --no-recreate
say "Revoking the old tokens …"
compose run --rm bootstrap
say "Done. Tokens of enrolled machines stay as they are: \`$(hint enroll) HOST=…\` replaces one."
