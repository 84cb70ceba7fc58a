#!/bin/sh
# New tokens for every service. Nothing is lost: workers keep what the old token can't deliver any
# more, read the new one, and go on.
set -eu
. "$(dirname "$0")/compose.sh"
find_secrets

say "Making new tokens …"
compose --progress quiet run --rm --no-deps bootstrap --rotate --keep-old
say "Restarting what reads its token at its start …"
compose --progress quiet restart telegraf grafana
# Without what they depend on: that is bootstrap, too, which would revoke the old ones before these two are ready.
compose --progress quiet up --detach --wait --no-recreate --no-deps telegraf grafana
say "Revoking the old tokens …"
compose --progress quiet run --rm --no-deps bootstrap
say "Done. Tokens of enrolled machines stay as they are: \`$(hint enroll) HOST=…\` replaces one."
