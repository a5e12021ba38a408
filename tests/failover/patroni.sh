#!/usr/bin/env bash
# A hub on two PostgreSQL nodes kept by Patroni: the primary and its Patroni are killed under load, with synchronous mode and without.
# Prints orders acknowledged, lost and given another's number, and the longest time without an answer. Nothing outside a folder of its own is touched.
#
# usage: tests/failover/patroni.sh GONGFU      (a built program; as root it installs what it needs from Debian: patroni, etcd-server)
#
# Before the kill the standby hears nothing for two seconds: what is acknowledged then is on the primary alone, unless the primary waits
# for it, which is what synchronous_mode does.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
gongfu=$(realpath "${1:?which program}")
root() { [ "$(id -u)" = 0 ]; }
if ! command -v patroni >/dev/null || ! command -v etcd >/dev/null || ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
  root || { echo "needs Debian's packages patroni, etcd-server and postgresql" >&2; exit 2; }
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends patroni etcd-server postgresql >/dev/null
fi
postgres=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
work=$(mktemp -d)
chmod 755 "$work"
# PostgreSQL refuses to run as root.
as() { if root; then runuser -u postgres -- "$@"; else "$@"; fi; }
if root; then install -d -o postgres "$work/db"; else mkdir "$work/db"; fi
# Processes with this in their command line; not who has started them for another user.
of() { pgrep -u "$(root && echo postgres || id -un)" -f "$1"; }
started=()
clean() {
  # etcd, Patroni and its servers all name the folder; they are ended by their ids.
  for id in "${started[@]}" $(of "$work/db"); do kill "$id" 2>/dev/null || true; done
  sleep 3
  for id in "${started[@]}" $(of "$work/db"); do kill -9 "$id" 2>/dev/null || true; done
  rm -rf "$work"
}
trap clean EXIT
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
background() { # LOG COMMAND...: the id in $last
  local log=$1; shift
  "$@" >"$log" 2>&1 </dev/null &
  last=$!
  started+=("$last")
}
wait_for() { # SECONDS WHAT COMMAND...
  local until=$((SECONDS + $1)) what=$2; shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $until ] || { echo "$what never came" >&2; tail -n 20 "$work"/db/*.log >&2; exit 1; }
    sleep 0.2
  done
}
echo "PostgreSQL $("$postgres/postgres" --version | grep -o '[0-9.]*' | head -1), $(patroni --version), $(etcd --version | head -1), $(date +%F)"

etcd_client=$(port) etcd_peer=$(port)
background "$work/db/etcd.log" as etcd --name e --data-dir "$work/db/etcd" --unsafe-no-fsync --logger zap --log-level error \
  --listen-client-urls "http://127.0.0.1:$etcd_client" --advertise-client-urls "http://127.0.0.1:$etcd_client" \
  --listen-peer-urls "http://127.0.0.1:$etcd_peer" --initial-advertise-peer-urls "http://127.0.0.1:$etcd_peer" \
  --initial-cluster "e=http://127.0.0.1:$etcd_peer"
wait_for 20 etcd curl -fsS "http://127.0.0.1:$etcd_client/health"

configuration() { # NAME REST DATABASE SYNCHRONOUS SCOPE
  cat <<YAML
scope: $5
name: $1
restapi: { listen: "127.0.0.1:$2", connect_address: "127.0.0.1:$2" }
etcd3: { hosts: ["127.0.0.1:$etcd_client"] }
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 5
    retry_timeout: 5
    maximum_lag_on_failover: 16777216
    synchronous_mode: $4
    postgresql: { use_pg_rewind: true, use_slots: true, parameters: { max_connections: 60, wal_keep_size: 128MB } }
  initdb: [ { encoding: UTF8 }, data-checksums ]
  pg_hba: [ "host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust", "local all all trust" ]
postgresql:
  listen: "127.0.0.1:$3"
  connect_address: "127.0.0.1:$3"
  data_dir: $work/db/$5-$1/data
  bin_dir: $postgres
  pgpass: $work/db/$5-$1/pgpass
  authentication: { superuser: { username: postgres }, replication: { username: replicator }, rewind: { username: postgres } }
  parameters: { unix_socket_directories: "$work/db/$5-$1" }
watchdog: { mode: "off" }
YAML
}

role() { curl -fsS "http://127.0.0.1:$1/$2" >/dev/null 2>&1; }
sql() { "$postgres/psql" -h 127.0.0.1 -p "$1" -U postgres -d "${3:-gongfu}" -qAt -c "$2"; }

copies() { [ -n "$(sql "$1" "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'" postgres)" ]; }

run() { # SCOPE SYNCHRONOUS
  local scope=$1 synchronous=$2 node n
  declare -A rest db id
  for node in a b; do
    rest[$node]=$(port) db[$node]=$(port)
    if root; then install -d -o postgres "$work/db/$scope-$node"; else mkdir "$work/db/$scope-$node"; fi
    configuration $node "${rest[$node]}" "${db[$node]}" "$synchronous" "$scope" >"$work/db/$scope-$node.yml"
  done
  background "$work/db/$scope-a.log" as patroni "$work/db/$scope-a.yml"; id[a]=$last
  wait_for 60 "the primary" role "${rest[a]}" primary
  background "$work/db/$scope-b.log" as patroni "$work/db/$scope-b.yml"; id[b]=$last
  wait_for 60 "the standby" role "${rest[b]}" "$([ "$synchronous" = true ] && echo synchronous || echo replica)"
  wait_for 30 "the copy" copies "${db[a]}"

  sql "${db[a]}" 'CREATE DATABASE gongfu' postgres
  local store="postgres://postgres@127.0.0.1:${db[a]},127.0.0.1:${db[b]}/gongfu?target_session_attrs=read-write"
  "$gongfu" -q --data-dir "$work/data" hub init --store "$store" >/dev/null 2>"$work/init.log" || { cat "$work/init.log" >&2; exit 1; }
  local loaded; loaded=$(sql "${db[a]}" 'SELECT "seq" FROM "hub"')
  : >"$work/serving"
  GONGFU_LOG=warn "$gongfu" --data-dir "$work/data" hub serve --listen 127.0.0.1:0 --store "$store" --json >"$work/serving" 2>"$work/hub.log" &
  local hub=$!; started+=("$hub")
  wait_for 20 "the hub" grep -q listen "$work/serving"
  local url; url=$(sed -n 's/.*"listen":"\([^"]*\)".*/\1/p' "$work/serving")
  local codes=()
  for n in 1 2 3 4; do
    codes+=("$("$gongfu" --json --data-dir "$work/data" hub enrol --org sx_ftu --store "$store" | sed -n 's/.*"code": "\([^"]*\)".*/\1/p')")
  done
  python3 "$here/load.py" "$url" "$work/acknowledged" "${codes[@]}" >"$work/load.log" 2>&1 &
  local load=$!; started+=("$load")
  sleep 8
  # The standby hears nothing for two seconds, then the primary dies with its Patroni.
  local receiver; receiver=$(sql "${db[b]}" "SELECT pid FROM pg_stat_wal_receiver" postgres)
  kill -STOP "$receiver"
  sleep 2
  local patroni primary; patroni=$(of "patroni $work/db/$scope-a.yml")
  primary=$(head -1 "$work/db/$scope-a/data/postmaster.pid")
  local killed; killed=$(date +%s.%N)
  kill -9 "$patroni"
  # The server and what it has started, at once.
  # shellcheck disable=SC2046
  kill -9 "$primary" $(pgrep -P "$primary")
  # What was on its way to it is lost with the line, not read when it wakes.
  kill -TERM "$receiver"
  kill -CONT "$receiver"
  wait_for 90 "the new primary" role "${rest[b]}" primary
  local promoted; promoted=$(date +%s.%N)
  sleep 8
  kill -TERM "$load"; wait "$load" || { cat "$work/load.log" >&2; exit 1; }
  sql "${db[b]}" 'SELECT encode("id", '"'hex'"'), "seq" FROM "result" WHERE "seq" IS NOT NULL' >"$work/there"
  python3 "$here/load.py" --compare "$work/acknowledged" "$work/there" >"$work/compared"
  local numbers; numbers=$(sql "${db[b]}" "SELECT (SELECT \"seq\" FROM \"hub\") - $loaded - count(DISTINCT \"seq\") FROM \"result\" WHERE \"seq\" IS NOT NULL")
  printf 'synchronous_mode %s: %s; new primary after %.1f s; gaps in the numbers: %s; ' \
    "$synchronous" "$(cat "$work/load.log"), $(cat "$work/compared")" "$(python3 -c "print($promoted - $killed)")" "$numbers"
  # As operators look at it.
  "$gongfu" --lang en --data-dir "$work/data" hub verify --store "$store"
  kill "$hub"; wait "$hub" || true
  kill "$(of "patroni $work/db/$scope-b.yml")"; wait "${id[b]}" 2>/dev/null || true
  if [ "$synchronous" = true ] && ! grep -q '^0 lost, 0 of another number, 0 numbers given twice' "$work/compared"; then
    echo "orders that were acknowledged are gone" >&2
    exit 1
  fi
}

"$gongfu" -q demo --no-tui --keep "$work/data" </dev/null >/dev/null
run synchronous true
rm -f "$work/acknowledged"
run asynchronous false
