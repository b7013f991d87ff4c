#!/usr/bin/env bash
# kinesalite and kinesis-local from npm as peers, on loopback, with the load that Headrace gets.
# Both keep records in memory or in LevelDB without syncing; the default here is in memory, their fastest.
# Usage: npm.sh; installs into a temporary directory and ends what it starts by its process id.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
home=${BENCH_HOME:-$root}
work=$(mktemp -d)
peer=
cleanup() {
  [ -z "$peer" ] || kill "$peer" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
export AWS_ACCESS_KEY_ID=bench AWS_SECRET_ACCESS_KEY=bench AWS_REGION=us-east-1
cd "$work"
npm init -y >/dev/null
for package in kinesalite kinesis-local; do
  npm install --no-audit --no-fund --silent "$package" || { echo "$package does not install" >&2; continue; }
  echo "== $package $(node -p "require('./node_modules/$package/package.json').version"), node $(node --version)"
  bin=$(node -p "const b=require('./node_modules/$package/package.json').bin; typeof b==='string'?b:Object.values(b)[0]")
  # kinesis-local reads its key store from where it stands, and its settings from the environment alone.
  (
    cd "node_modules/$package"
    export KINESIS_MOCK_PLAIN_PORT=4599 KINESIS_MOCK_TLS_PORT=4600 LOG_LEVEL=ERROR
    export CREATE_STREAM_DURATION=50ms DELETE_STREAM_DURATION=50ms SHARD_LIMIT=100
    exec node "$bin" --port 4599 --createStreamMs 50 --deleteStreamMs 50 --shardLimit 100
  ) >"$package.log" 2>&1 &
  peer=$!
  for _ in $(seq 60); do (exec 3<>/dev/tcp/127.0.0.1/4599) 2>/dev/null && break; sleep 0.5; done
  for protocol in json cbor; do
    timeout 120 "$home/headrace" bench put --endpoint http://127.0.0.1:4599 --protocol $protocol --seconds "${SECONDS_EACH:-8}" --warm-up 3 \
      --server-pid "$peer" --json || { echo "$package in $protocol: no figure (status $?)"; tail -3 "$package.log"; }
  done
  kill "$peer"
  wait "$peer" 2>/dev/null || true
  peer=
done
