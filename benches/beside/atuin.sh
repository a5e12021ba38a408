#!/usr/bin/env bash
# A first download of as many records, by atuin and by us, in one run: what a new machine of a known user fetches there, and what a new
# console fetches here. atuin's records are commands of a shell, encrypted at the client; ours are rows, judged by rights, under TLS, with
# indices and totals.
#
# usage: benches/beside/atuin.sh GONGFU [RECORDS]        (GONGFU: a release build)
#
# ATUIN and ATUIN_SERVER name programs that are there; otherwise both are built by cargo, which takes long.
set -euo pipefail
gongfu=$(realpath "${1:?which program}")
records=${2:-150000}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
: "${ATUIN:=$(command -v atuin || true)}" "${ATUIN_SERVER:=$(command -v atuin-server || true)}"
[ -n "$ATUIN" ] || { cargo install --locked --root "$work/root" atuin; ATUIN=$work/root/bin/atuin; }
[ -n "$ATUIN_SERVER" ] || { cargo install --locked --root "$work/root" atuin-server; ATUIN_SERVER=$work/root/bin/atuin-server; }
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

mkdir -p "$work/server"
ATUIN_CONFIG_DIR=$work/server ATUIN_OPEN_REGISTRATION=true ATUIN_DB_URI=sqlite://$work/server/atuin.db \
  "$ATUIN_SERVER" start --host 127.0.0.1 --port "$port" >"$work/server/log" 2>&1 &
server=$!
for _ in $(seq 100); do curl -fsS "http://127.0.0.1:$port/" >/dev/null 2>&1 && break; sleep 0.1; done

# A machine of its own: home, settings and data.
on() { # MACHINE COMMAND...
  local home=$work/$1; shift
  mkdir -p "$home/config"
  printf 'sync_address = "http://127.0.0.1:%s"\nauto_sync = false\nupdate_check = false\n' "$port" >"$home/config/config.toml"
  env -u ATUIN_HOST HOME="$home" ATUIN_CONFIG_DIR="$home/config" XDG_DATA_HOME="$home/data" XDG_CONFIG_HOME="$home/x" ATUIN_SESSION="$session" \
    HISTFILE="$home/history" "$ATUIN" "$@" </dev/null
}
session=$(python3 -c 'import uuid; print(uuid.uuid4().hex)')
mkdir -p "$work/old" "$work/new"
python3 - "$records" >"$work/old/history" <<'PY'
import sys
for n in range(int(sys.argv[1])):
    print(f"#{1600000000 + n}\ncargo test --test it -- store::level --exact case_{n} && git commit -m 'step {n}'")
PY
version() { "$1" --version | awk '{ print $2; exit }'; }
echo "atuin $(version "$ATUIN"), its server $(version "$ATUIN_SERVER"), $(date +%F)"
on old register -u somebody -e somebody@example.invalid -p a-long-password >"$work/register"
on old import bash >"$work/import"
on old store rebuild history >>"$work/import" 2>&1 || true
on old sync >"$work/upload" 2>&1
key=$(on old key)
on new login -u somebody -p a-long-password -k "$key" >"$work/login" 2>&1
count() { python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM history").fetchone()[0])' "$1"; }
before=$(find "$work/new" -name history.db)
[ -z "$before" ] || [ "$(count "$before")" = 0 ] || { echo "the new machine has records before it asks for them" >&2; exit 1; }
begun=$(date +%s.%N)
on new sync -f >"$work/download" 2>&1
ended=$(date +%s.%N)
there=$(count "$(find "$work/new" -name history.db)")
[ "$there" -ge "$records" ] || { echo "atuin has $there of $records" >&2; tail -n 5 "$work"/{register,import,upload,login,download} >&2; exit 1; }
"$gongfu" --json bench sync --rows "$records" >"$work/ours"
python3 - "$there" "$begun" "$ended" "$work/ours" <<'PY'
import json, sys
records, begun, ended = (float(a) for a in sys.argv[1:4])
ours = json.load(open(sys.argv[4]))
theirs = records / (ended - begun)
print(f"atuin: {records:.0f} records in {ended - begun:.1f} s, {theirs:.0f} records/s")
print(f"gongfu: {ours['rows']} rows in {ours['seconds']} s, {ours['whole_rows_per_s']:.0f} rows/s; rows alone {ours['transfer_rows_per_s']:.0f} rows/s")
print(f"{ours['whole_rows_per_s'] / theirs:.1f} times")
PY
