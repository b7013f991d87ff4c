#!/usr/bin/env bash
# Every figure of docs/performance.md, each beside its limit, one JSON line a measurement.
# Usage: run.sh [PART...], of: puts single catchup tail deliver replay idle memory big kafka npm codecs (default: all but big, kafka, npm, codecs)
#        run.sh cluster [PART...]: a cluster, as cluster.sh tells
# Environment: BENCH_HOME (the distribution to measure; default: this one), ROUNDS (3), SECONDS_EACH (8), WARM_UP (15), WORK (a directory on the disk to measure), PORT (4580; the next one too)
# Everything listens on loopback; what is started here is ended here by its process id.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ "${1:-}" != cluster ] || exec "$here/cluster.sh" "${@:2}"
root=$(cd "$here/../.." && pwd)
home=${BENCH_HOME:-$root}
rounds=${ROUNDS:-3}
seconds=${SECONDS_EACH:-8}
warm=${WARM_UP:-15}
port=${PORT:-4580}
work=$(mktemp -d "${WORK:-${TMPDIR:-/tmp}}/headrace-bench.XXXXXX")
# The launcher's choice, for Maven too: the default Java may be too old.
JAVA_HOME=$("$root/headrace" java-home)
export JAVA_HOME
java=$JAVA_HOME/bin/java
started=()
node=
cleanup() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT
export AWS_ACCESS_KEY_ID=bench AWS_SECRET_ACCESS_KEY=bench AWS_REGION=us-east-1

say() { echo "== $*" >&2; }
headrace() { "$home/headrace" "$@"; }
bench() { # PORT COMMAND OPTIONS
  local at=$1
  shift
  headrace bench "$@" --endpoint "http://127.0.0.1:$at" --json
}
become_bench() { # as bench; for the background only: $! is the client itself then, and not a shell whose end the client outlives
  local at=$1
  shift
  exec "$home/headrace" bench "$@" --endpoint "http://127.0.0.1:$at" --json
}
cpu_ms() { # PID: of its own so far
  local ticks
  ticks=$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '{print $12 + $13}')
  echo $((${ticks:-0} * 1000 / $(getconf CLK_TCK)))
}
classes() { echo "$here/target/classes:$(echo "$here"/target/lib/*.jar | tr ' ' ':')"; }
limit() { # MAIN ARGUMENTS
  "$java" -Xmx1g -XX:+UseParallelGC --enable-native-access=ALL-UNNAMED -cp "$(classes)" "io.headrace.benchmarks.$1" "${@:2}"
}
await() { # FILE TEXT PID
  for _ in $(seq 240); do
    grep -q "$2" "$1" 2>/dev/null && return
    kill -0 "$3" 2>/dev/null || { cat "$1" >&2; exit 1; }
    sleep 0.25
  done
  cat "$1" >&2
  exit 1
}
start_node() { # DATA
  : >"$work/node.log"
  "$home/headrace" serve --port "$port" --data "$1" >"$work/node.log" 2>&1 &
  node=$!
  started+=("$node")
  await "$work/node.log" "headrace ready" "$node"
  grep "headrace ready" "$work/node.log" >&2
}
stop_node() {
  kill "$node"
  wait "$node" 2>/dev/null || true
}

puts() {
  say "PutRecords of 500 x 1 KB, 8 connections, 4 shards: bare endpoint, node, disk, in turns"
  limit BareEndpoint $((port + 1)) 7200 >"$work/bare.log" 2>&1 &
  local shell=$! bare
  await "$work/bare.log" ready "$shell"
  # The JVM, not the subshell that waits for it.
  bare=$(sed -n 's/.* pid //p' "$work/bare.log")
  started+=("$bare")
  start_node "$work/puts"
  for round in $(seq "$rounds"); do
    for protocol in json cbor; do
      echo -n "bare "
      bench $((port + 1)) put --protocol $protocol --seconds "$seconds" --warm-up "$warm" --server-pid "$bare"
      echo -n "node "
      bench "$port" put --protocol $protocol --seconds "$seconds" --warm-up "$warm" --server-pid "$node"
    done
    echo -n "disk "
    limit DiskLimit "$work" $((2 << 20)) 200
  done
  kill "$bare"
  stop_node
  rm -rf "$work/puts"
}

single() {
  say "PutRecord at 16 connections, and a write + fdatasync of the same size in between"
  start_node "$work/single"
  for round in $(seq "$rounds"); do
    headrace bench disk --dir "$work" --size 4096 --seconds "$seconds" --json
    bench "$port" put --batch 1 --connections 16 --seconds "$seconds" --warm-up "$warm" --server-pid "$node"
  done
  headrace bench disk --dir "$work" --size 4096 --seconds "$seconds" --json
  stop_node
  rm -rf "$work/single"
}

catchup() {
  say "GetRecords of cold segments: clickstream, page cache dropped, beside bare zstd decode + encode"
  start_node "$work/catchup"
  bench "$port" read --stream cold --keep --payload CLICKSTREAM --protocol cbor --fill "${FILL:-1500000}" --server-pid "$node" >/dev/null
  sleep 5
  stop_node
  for round in $(seq "$rounds"); do
    for protocol in json cbor; do
      sync
      echo 3 >/proc/sys/vm/drop_caches || say "the page cache stays: not root"
      start_node "$work/catchup"
      bench "$port" read --stream cold --keep --payload CLICKSTREAM --protocol $protocol --repeat 3 --server-pid "$node"
      stop_node
      limit CatchUpLimit "$work/catchup" $protocol 4 | tail -1
    done
  done
  rm -rf "$work/catchup"
}

tail_reads() {
  say "Reads from the tail while writing, each shard read twice"
  start_node "$work/tail"
  for round in $(seq "$rounds"); do
    bench "$port" tail --protocol cbor --consumers 2 --seconds "$seconds" --warm-up "$warm" --server-pid "$node"
  done
  stop_node
  rm -rf "$work/tail"
}

deliver() {
  say "From put to SubscribeToShard at 1,000 records/s"
  start_node "$work/deliver"
  for round in $(seq "$rounds"); do
    headrace bench disk --dir "$work" --size 4096 --seconds 3 --json
    bench "$port" deliver --rate 1000 --seconds "$seconds" --warm-up "$warm" --server-pid "$node"
  done
  stop_node
  rm -rf "$work/deliver"
}

replay() {
  say "From put to SubscribeToShard at 1,000 records/s, alone and beside a replay of cold data, in turns"
  start_node "$work/replay"
  bench "$port" read --stream cold --keep --payload CLICKSTREAM --protocol cbor --fill "${FILL:-1500000}" --server-pid "$node" >/dev/null
  stop_node
  start_node "$work/replay"
  for round in $(seq "$rounds"); do
    echo -n "alone "
    bench "$port" deliver --rate 1000 --seconds "$seconds" --warm-up "$warm" --server-pid "$node"
    become_bench "$port" read --stream cold --keep --payload CLICKSTREAM --protocol cbor --connections 2 --repeat 1000 --server-pid "$node" >/dev/null 2>&1 &
    local replaying=$! since reader server
    started+=("$replaying")
    since=$(date +%s%3N)
    reader=$(cpu_ms "$replaying")
    server=$(cpu_ms "$node")
    echo -n "beside a replay "
    bench "$port" deliver --rate 1000 --seconds "$seconds" --warm-up "$warm" --server-pid "$node"
    kill -0 "$replaying" || { say "the replay ended before"; exit 1; }
    since=$(($(date +%s%3N) - since))
    echo "{\"mode\":\"processors in use beside a replay, percent of one\",\"reader\":$((($(cpu_ms "$replaying") - reader) * 100 / since)),\"node\":$((($(cpu_ms "$node") - server) * 100 / since)),\"processors\":$(nproc)}"
    kill "$replaying"
    wait "$replaying" 2>/dev/null || true
  done
  stop_node
  rm -rf "$work/replay"
}

big() {
  say "A stream of ${BIG:-20000000} records of 1 KB on the heap the launcher sets: filled, started again, read whole"
  start_node "$work/big"
  bench "$port" read --stream big --keep --protocol cbor --fill "${BIG:-20000000}" --server-pid "$node"
  echo "{\"mode\":\"big, filled and read\",\"liveBytes\":$(live_bytes),\"residentKb\":$(awk '/VmRSS/{print $2}' "/proc/$node/status"),\"diskBytes\":$(du -sb "$work/big" | cut -f1)}"
  stop_node
  start_node "$work/big"
  bench "$port" read --stream big --keep --protocol cbor --server-pid "$node"
  echo "{\"mode\":\"big, started again and read\",\"liveBytes\":$(live_bytes),\"residentKb\":$(awk '/VmRSS/{print $2}' "/proc/$node/status"),\"ready\":\"$(grep -o 'in [0-9]* ms' "$work/node.log")\"}"
  stop_node
  rm -rf "$work/big"
}

live_bytes() { # after a collection
  "${java%java}jcmd" "$node" GC.class_histogram | awk '/^Total/{print $3}'
}

idle() {
  say "10,000 idle shards: start and heap of each"
  start_node "$work/idle"
  local empty full
  empty=$(live_bytes)
  for stream in 0 1 2 3 4; do headrace stream create "idle-$stream" --shards 2000 --endpoint "http://127.0.0.1:$port" >/dev/null; done
  full=$(live_bytes)
  echo "{\"mode\":\"idle, never written\",\"liveBytesEmpty\":$empty,\"liveBytesWith10000Shards\":$full,\"bytesPerShard\":$(((full - empty) / 10000))}"
  stop_node
  start_node "$work/idle"
  echo "{\"mode\":\"idle, never written, started again\",\"liveBytes\":$(live_bytes),\"ready\":\"$(grep -o 'in [0-9]* ms' "$work/node.log")\"}"
  for stream in 0 1 2 3 4; do
    bench "$port" put --stream "idle-$stream" --keep --size 100 --connections 1 --rate 5000 --seconds 3 --warm-up 0 >/dev/null
  done
  full=$(live_bytes)
  echo "{\"mode\":\"idle, written\",\"liveBytesEmpty\":$empty,\"liveBytesWith10000Shards\":$full,\"bytesPerShard\":$(((full - empty) / 10000))}"
  stop_node
  start_node "$work/idle"
  full=$(live_bytes)
  echo "{\"mode\":\"idle, written, started again\",\"liveBytesEmpty\":$empty,\"liveBytesWith10000Shards\":$full,\"bytesPerShard\":$(((full - empty) / 10000)),\"ready\":\"$(grep -o 'in [0-9]* ms' "$work/node.log")\"}"
  stop_node
  rm -rf "$work/idle"
}

kafka() {
  . "$here/kafka.sh"
  kafka_start "$work/kafka"
  start_node "$work/race"
  local records=${KAFKA_RECORDS:-2000000} rate=${RATE:-20000}
  say "as fast as it goes, in turns; the first round warms both up"
  for round in $(seq 0 "$rounds"); do
    for topic in synced unsynced; do
      for batch in 65536 262144 524288; do kafka_put $topic $batch "$records" -1; done
    done
    for protocol in json cbor; do
      for batch in 125 250 500; do
        echo -n "node "
        bench "$port" put --protocol $protocol --batch $batch --seconds "$seconds" --warm-up 3 --server-pid "$node"
      done
    done
  done
  say "at $rate records/s, in turns"
  for round in $(seq "$rounds"); do
    for topic in synced unsynced; do
      for batch in 16384 65536 262144; do kafka_put $topic $batch $((rate * seconds)) "$rate"; done
    done
    for protocol in json cbor; do
      for batch in 10 25 100; do
        echo -n "node "
        bench "$port" put --protocol $protocol --batch $batch --rate "$rate" --seconds "$seconds" --warm-up 2 --server-pid "$node"
      done
    done
  done
  stop_node
  kill "$broker"
  wait "$broker" 2>/dev/null || true
  rm -rf "$work/race" "$work/kafka"
}

memory() {
  say "Live set after a collection during ${SOAK:-600} s of full load, heap as the launcher sets it"
  start_node "$work/memory"
  # What compresses: ten minutes of anything else are 400 GB.
  become_bench "$port" put --protocol cbor --payload CLICKSTREAM --seconds "${SOAK:-600}" --warm-up 5 --server-pid "$node" >"$work/soak.log" 2>&1 &
  local load=$!
  started+=("$load")
  local end=$((SECONDS + ${SOAK:-600}))
  while [ $SECONDS -lt $end ] && kill -0 $load 2>/dev/null; do
    sleep "${SOAK_STEP:-30}"
    echo "{\"mode\":\"soak\",\"second\":$((SECONDS - end + ${SOAK:-600})),\"liveBytes\":$(live_bytes),\"residentKb\":$(awk '/VmRSS/{print $2}' "/proc/$node/status")}"
  done
  wait $load || true
  cat "$work/soak.log"
  stop_node
  rm -rf "$work/memory"
}

codecs() {
  "$java" -cp "$(classes)" org.openjdk.jmh.Main PutCodecBenchmark
}

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(puts single catchup tail deliver replay idle memory)
if [ ! -d "$here/target/lib" ]; then
  say "building the limits"
  (cd "$root" && mvn -q -B -DskipTests -pl runtime/benchmarks -am package) >&2
fi
headrace version >&2
uptime >&2
for part in "${parts[@]}"; do
  case $part in
    puts | single | catchup | deliver | replay | big | idle | memory | kafka | codecs) "$part" ;;
    tail) tail_reads ;;
    npm) "$here/npm.sh" ;;
    *) say "unknown part $part"; exit 2 ;;
  esac
done
uptime >&2
