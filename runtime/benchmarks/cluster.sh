#!/usr/bin/env bash
# What a cluster costs and how long its moves take, over a real S3 server process: tables for docs/performance.md.
# Usage: cluster.sh [PART...], of: scale latency shards failover (default: all)
# Environment: BENCH_HOME (the distribution to measure; default: this one), ROUNDS (3), SECONDS_EACH (2), WARM_UP (8), BLOWS (10), SHARDS (5000), WORK (a directory on the disk to work in)
# Everything listens on loopback; what is started here is ended here by its process id.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
home=${BENCH_HOME:-$root}
JAVA_HOME=$("$root/headrace" java-home)
export JAVA_HOME
# Among the sources this builds what is missing.
HEADRACE_CACHE=off "$home/headrace" config >/dev/null
"$home/headrace" version >&2
# Else the first start would make it meanwhile.
"$home/headrace" make-cache >/dev/null 2>&1 || echo "== no start-up cache: starts take longer" >&2
[ "$home" = "$root" ] && home=$root/runtime/distribution/target/headrace
echo "== building the measurements" >&2
(cd "$root" && mvn -q -B -Dspotless.check.skip=true -pl runtime/benchmarks -am test-compile dependency:build-classpath -Dmdep.outputFile=target/test.classpath) >&2
work=$(mktemp -d "${WORK:-${TMPDIR:-/tmp}}/headrace-bench.XXXXXX")
program=
cleanup() {
  # Its nodes and its server end with it.
  if [ -n "$program" ] && kill "$program" 2>/dev/null; then wait "$program" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
uptime >&2
"$JAVA_HOME/bin/java" -Xmx1g -XX:+UseParallelGC -Dheadrace.root="$root" -Dheadrace.home="$home" \
  -cp "$here/target/test-classes:$(cat "$here/target/test.classpath")" io.headrace.benchmarks.cluster.ClusterBench "$work" "$@" &
program=$!
status=0
wait "$program" || status=$?
program=
uptime >&2
exit "$status"
