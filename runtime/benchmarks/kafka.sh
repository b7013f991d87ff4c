#!/usr/bin/env bash
# Apache Kafka from Maven Central as a peer: one KRaft broker on loopback, its own ProducerPerformance.
# Usage: kafka.sh [RECORDS] [KAFKA_VERSION]; prints the configuration and every run. Ends the broker by its pid.
set -euo pipefail
records=${1:-1000000}
version=${2:-4.1.0}
work=$(mktemp -d)
broker=
cleanup() {
  if [ -n "$broker" ]; then kill "$broker" 2>/dev/null || true; wait "$broker" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap cleanup EXIT

cat >"$work/pom.xml" <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>peer</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$version</version></dependency>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>$version</version></dependency>
</dependencies></project>
XML
mvn -q -B -f "$work/pom.xml" dependency:build-classpath -Dmdep.outputFile="$work/cp" >/dev/null 2>&1
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
cp=$(cat "$work/cp")

run() { # topic setting, or none
  local data=$work/data-$RANDOM
  cat >"$work/server.properties" <<CONF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:19093
listeners=PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19093
advertised.listeners=PLAINTEXT://127.0.0.1:19092
controller.listener.names=CONTROLLER
log.dirs=$data
num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
message.max.bytes=2097152
CONF
  echo "== broker configuration: $(grep -vE '^(log.dirs)' "$work/server.properties" | tr '\n' ' ')"
  "$java" -cp "$cp" kafka.tools.StorageTool format -t MkU3OEVBNTcwNTJENDM2Qg -c "$work/server.properties" >/dev/null
  "$java" -Xmx1g -cp "$cp" kafka.Kafka "$work/server.properties" >"$work/broker.log" 2>&1 &
  broker=$!
  for _ in $(seq 120); do (exec 3<>/dev/tcp/127.0.0.1/19092) 2>/dev/null && break; sleep 0.5; done
  kill -0 "$broker" || { tail -20 "$work/broker.log" >&2; exit 1; }
  "$java" -cp "$cp" org.apache.kafka.tools.TopicCommand --bootstrap-server 127.0.0.1:19092 --create --topic bench \
    --partitions 4 --replication-factor 1 ${1:+--config "$1"} >/dev/null 2>&1
  for batch in 65536 262144 524288; do
    local before after
    before=$(awk '{print $14+$15}' "/proc/$broker/stat")
    echo "-- acks=all batch.size=$batch linger.ms=5 ${1:-}"
    "$java" -Xmx512m -cp "$cp" org.apache.kafka.tools.ProducerPerformance --topic bench --num-records "$records" --record-size 1000 \
      --throughput "${RATE:--1}" --producer-props bootstrap.servers=127.0.0.1:19092 acks=all batch.size=$batch linger.ms=5 \
      max.request.size=2097152 buffer.memory=67108864 2>/dev/null | tail -1
    after=$(awk '{print $14+$15}' "/proc/$broker/stat")
    local ticks=$((after - before))
    awk -v t=$ticks -v r="$records" -v hz="$(getconf CLK_TCK)" 'BEGIN{printf "   broker CPU seconds per million records: %.2f\n", t/hz/r*1e6}'
  done
  kill "$broker"; wait "$broker" 2>/dev/null || true; broker=
  rm -rf "$data"
}
echo "Kafka $version, 1 KB records, 4 partitions, $records records a run"
run flush.messages=1
run
