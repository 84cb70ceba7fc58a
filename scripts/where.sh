#!/bin/sh
# Where the stack's pages are, and who may open them.
set -eu
. "$(dirname "$0")/compose.sh"
find_secrets

secrets=$SECRETS_DIR
cat <<END
Locust   http://$(setting LOCUST_BIND 127.0.0.1):$(setting LOCUST_PORT 8089)   start a test here, or with: $(hint run)
Grafana  http://$(setting GRAFANA_BIND 127.0.0.1):$(setting GRAFANA_PORT 3000)   user admin, password in ${secrets#./}/grafana-password
Data     \`$(hint cli) ARGS=runs\` lists the runs; InfluxDB's own password is in ${secrets#./}/influxdb-password
END
# Another one isn't said: there may be a password in it.
fault=$(setting FAULT '')
[ -z "$fault" ] || echo "Fault    the shop was started with $fault; $(hint shop) says what is on, and FAULT=off switches it off"
! is_the_shop_tested || echo "Target   the demo shop; your own: $(hint up) LOCUST_HOST=https://…"
