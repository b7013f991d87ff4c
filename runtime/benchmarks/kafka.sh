# Apache Kafka from Maven Central as a peer, for run.sh: one KRaft broker on loopback, its own ProducerPerformance. To be sourced.
# Environment: KAFKA_VERSION (4.1.0), KAFKA_RECORDS (a run; 2000000)
kafka_version=${KAFKA_VERSION:-4.1.0}
kafka_cp=
broker=

kafka_start() { # DIRECTORY
  local at=$1
  mkdir -p "$at"
  cat >"$at/pom.xml" <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>peer</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$kafka_version</version></dependency>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>$kafka_version</version></dependency>
</dependencies></project>
XML
  mvn -q -B -f "$at/pom.xml" dependency:build-classpath -Dmdep.outputFile="$at/cp" >/dev/null 2>&1
  kafka_cp=$(cat "$at/cp")
  cat >"$at/server.properties" <<CONF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:19093
listeners=PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19093
advertised.listeners=PLAINTEXT://127.0.0.1:19092
controller.listener.names=CONTROLLER
log.dirs=$at/data
num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
message.max.bytes=2097152
log.retention.bytes=1073741824
log.segment.bytes=268435456
CONF
  say "Kafka $kafka_version, heap 1 GB: $(grep -v '^log.dirs' "$at/server.properties" | tr '\n' ' ')"
  "$java" -cp "$kafka_cp" kafka.tools.StorageTool format -t MkU3OEVBNTcwNTJENDM2Qg -c "$at/server.properties" >/dev/null
  "$java" -Xmx1g -cp "$kafka_cp" kafka.Kafka "$at/server.properties" >"$at/broker.log" 2>&1 &
  broker=$!
  started+=("$broker")
  for _ in $(seq 120); do (exec 3<>/dev/tcp/127.0.0.1/19092) 2>/dev/null && break; sleep 0.5; done
  kill -0 "$broker" || { tail -20 "$at/broker.log" >&2; exit 1; }
  kafka_topic synced --config flush.messages=1
  kafka_topic unsynced
}

kafka_topic() { # NAME OPTIONS
  "$java" -cp "$kafka_cp" org.apache.kafka.tools.TopicCommand --bootstrap-server 127.0.0.1:19092 --create --topic "$1" \
    --partitions 4 --replication-factor 1 "${@:2}" >/dev/null 2>&1
}

kafka_put() { # TOPIC BATCH RECORDS RATE
  local before after
  before=$(awk '{print $14+$15}' "/proc/$broker/stat")
  local last
  last=$("$java" -Xmx512m -cp "$kafka_cp" org.apache.kafka.tools.ProducerPerformance --topic "$1" --num-records "$3" --record-size 1024 \
    --throughput "$4" --producer-props bootstrap.servers=127.0.0.1:19092 acks=all batch.size="$2" linger.ms=5 \
    max.request.size=2097152 buffer.memory=67108864 2>/dev/null | tail -1)
  after=$(awk '{print $14+$15}' "/proc/$broker/stat")
  awk -v ticks=$((after - before)) -v records="$3" -v hz="$(getconf CLK_TCK)" -v topic="$1" -v batch="$2" -v rate="$4" -v line="$last" 'BEGIN {
    match(line, /[0-9.]+ records\/sec/); rps = substr(line, RSTART, RLENGTH); sub(/ .*/, "", rps)
    match(line, /[0-9.]+ ms 50th/); p50 = substr(line, RSTART, RLENGTH); sub(/ .*/, "", p50)
    match(line, /[0-9.]+ ms 99th/); p99 = substr(line, RSTART, RLENGTH); sub(/ .*/, "", p99)
    printf "kafka {\"mode\":\"put\",\"topic\":\"%s\",\"batchBytes\":%d,\"rate\":%s,\"recordsPerSecond\":%.0f,\"latencyMs\":{\"p50\":%s,\"p99\":%s},\"serverCpuSecondsPerMillionRecords\":%.3f}\n", topic, batch, rate, rps, p50, p99, ticks / hz / records * 1e6 }'
}
