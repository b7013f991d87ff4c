// Calls every Kinesis operation with the AWS SDK for JavaScript v3 as it comes: HTTP/2 with prior
// knowledge, for which a plain endpoint is as good as a TLS one.
//
// Usage: node every-operation.mjs ENDPOINT. Says what it called, or ends with 1 and what is wrong.
import assert from "node:assert/strict";
import * as sdk from "@aws-sdk/client-kinesis";

const OPERATIONS = 39;
const [endpoint] = process.argv.slice(2);
const client = new sdk.KinesisClient({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  maxAttempts: 1,
});
const called = new Set();
const StreamName = `javascript-${Date.now()}`;
const text = (bytes) => Buffer.from(bytes).toString("utf8");
const bytes = (string) => Buffer.from(string, "utf8");

async function call(operation, input = {}) {
  const output = await client.send(new sdk[`${operation}Command`](input));
  assert.equal(output.$metadata.httpStatusCode, 200, operation);
  assert.ok(output.$metadata.requestId, `${operation} has no request id`);
  called.add(operation);
  return output;
}

async function refused(name, operation, input) {
  await assert.rejects(client.send(new sdk[`${operation}Command`](input)), (e) => {
    assert.equal(e.name, name, `${operation}: ${e.message}`);
    // A class for each error that the model declares; the one that all have is KinesisServiceException.
    if (sdk[name]) assert.ok(e instanceof sdk[name], `${operation}: ${e.constructor.name}`);
    assert.equal(e.$metadata.httpStatusCode, 400);
    assert.ok(e.$metadata.requestId && e.message);
    return true;
  });
}

async function settled() {
  for (let i = 0; i < 300; i++) {
    const { StreamDescriptionSummary } = await call("DescribeStreamSummary", { StreamName });
    if (StreamDescriptionSummary.StreamStatus === "ACTIVE") return StreamDescriptionSummary;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${StreamName} does not become ACTIVE`);
}

async function data(ShardId) {
  const first = await call("PutRecord", { StreamName, PartitionKey: "ä", Data: bytes("one") });
  const many = await call("PutRecords", {
    StreamName,
    Records: [...Array(500).keys()].map((i) => ({ PartitionKey: `${i}`, Data: bytes(`${i}`) })),
  });
  assert.equal(many.FailedRecordCount, 0);
  const start = { StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" };
  let { ShardIterator } = await call("GetShardIterator", start);
  const read = [];
  for (;;) {
    const page = await call("GetRecords", { ShardIterator, Limit: 200 });
    read.push(...page.Records);
    if (page.MillisBehindLatest === 0) break;
    ShardIterator = page.NextShardIterator;
  }
  assert.equal(read.length, 501);
  assert.equal(read[0].SequenceNumber, first.SequenceNumber);
  assert.equal(text(read[0].Data), "one");
  assert.equal(read[0].PartitionKey, "ä");
  assert.equal(read[0].EncryptionType, undefined);
  assert.ok(read[0].ApproximateArrivalTimestamp instanceof Date);
}

// Two subscriptions at once share the client's one connection.
async function consumers(StreamARN, ShardId) {
  const { Consumer } = await call("RegisterStreamConsumer", { StreamARN, ConsumerName: "js" });
  const { ConsumerARN } = Consumer;
  assert.equal((await call("ListStreamConsumers", { StreamARN })).Consumers.length, 1);
  for (let i = 0; i < 300; i++) {
    const { ConsumerDescription } = await call("DescribeStreamConsumer", { ConsumerARN });
    if (ConsumerDescription.ConsumerStatus === "ACTIVE") break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const StartingPosition = { Type: "TRIM_HORIZON" };
  const { EventStream } = await call("SubscribeToShard", { ConsumerARN, ShardId, StartingPosition });
  const records = [];
  for await (const event of EventStream) {
    // One event at a time, with the members of the model and no other.
    assert.deepEqual(Object.keys(event), ["SubscribeToShardEvent"]);
    const pushed = event.SubscribeToShardEvent;
    for (const member of ["Records", "ContinuationSequenceNumber", "MillisBehindLatest"]) {
      assert.notEqual(pushed[member], undefined, member);
    }
    assert.ok(Number.isInteger(pushed.MillisBehindLatest));
    assert.match(pushed.ContinuationSequenceNumber, /^\d{56}$/);
    records.push(...pushed.Records);
    if (records.length === 501) {
      await call("PutRecord", { StreamName, PartitionKey: "a", Data: bytes("pushed") });
    }
    if (records.length === 502) break;
  }
  assert.equal(text(records[501].Data), "pushed");
  await call("DeregisterStreamConsumer", { ConsumerARN });
}

async function tags(StreamARN) {
  await call("AddTagsToStream", { StreamName, Tags: { b: "2" } });
  const { Tags } = await call("ListTagsForStream", { StreamName });
  assert.deepEqual(Tags, [
    { Key: "a", Value: "1" },
    { Key: "b", Value: "2" },
  ]);
  await call("RemoveTagsFromStream", { StreamName, TagKeys: ["a"] });
  await call("TagResource", { ResourceARN: StreamARN, Tags: { c: "3" } });
  await call("UntagResource", { ResourceARN: StreamARN, TagKeys: ["b"] });
  const listed = await call("ListTagsForResource", { ResourceARN: StreamARN });
  assert.deepEqual(listed.Tags, [{ Key: "c", Value: "3" }]);
}

async function settings(StreamARN) {
  await call("IncreaseStreamRetentionPeriod", { StreamName, RetentionPeriodHours: 48 });
  assert.equal((await settled()).RetentionPeriodHours, 48);
  await call("DecreaseStreamRetentionPeriod", { StreamName, RetentionPeriodHours: 24 });
  await settled();
  await call("EnableEnhancedMonitoring", { StreamName, ShardLevelMetrics: ["IncomingBytes"] });
  await settled();
  await call("DisableEnhancedMonitoring", { StreamName, ShardLevelMetrics: ["ALL"] });
  await settled();
  const key = { EncryptionType: "KMS", KeyId: "alias/aws/kinesis" };
  await call("StartStreamEncryption", { StreamName, ...key });
  assert.equal((await settled()).EncryptionType, "KMS");
  await call("StopStreamEncryption", { StreamName, ...key });
  await settled();
  await call("UpdateMaxRecordSize", { StreamARN, MaxRecordSizeInKiB: 2048 });
  assert.equal((await settled()).MaxRecordSizeInKiB, 2048);
}

async function reshape(ShardId) {
  const NewStartingHashKey = (2n ** 127n).toString();
  await call("SplitShard", { StreamName, ShardToSplit: ShardId, NewStartingHashKey });
  await settled();
  const [, low, high] = (await call("ListShards", { StreamName })).Shards;
  const both = { ShardToMerge: low.ShardId, AdjacentShardToMerge: high.ShardId };
  await call("MergeShards", { StreamName, ...both });
  await settled();
  await call("UpdateShardCount", { StreamName, TargetShardCount: 2, ScalingType: "UNIFORM_SCALING" });
  assert.equal((await settled()).OpenShardCount, 2);
}

async function accountAndPolicy(StreamARN) {
  await call("DescribeLimits");
  await call("DescribeAccountSettings");
  await call("UpdateAccountSettings", { MinimumThroughputBillingCommitment: { Status: "DISABLED" } });
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: "111122223333" },
        Action: "kinesis:GetRecords",
        Resource: StreamARN,
      },
    ],
  });
  await call("PutResourcePolicy", { ResourceARN: StreamARN, Policy });
  const found = await call("GetResourcePolicy", { ResourceARN: StreamARN });
  assert.match(found.Policy, /111122223333/);
  await call("DeleteResourcePolicy", { ResourceARN: StreamARN });
  await call("UpdateStreamMode", { StreamARN, StreamModeDetails: { StreamMode: "ON_DEMAND" } });
  await call("UpdateStreamWarmThroughput", { StreamARN, WarmThroughputMiBps: 8 });
}

async function refusals() {
  const put = { StreamName, PartitionKey: "a", Data: bytes("x") };
  await refused("ResourceNotFoundException", "PutRecord", { ...put, StreamName: "no-such" });
  await refused("ValidationException", "PutRecord", { ...put, PartitionKey: "a".repeat(257) });
  const ExplicitHashKey = (2n ** 128n).toString();
  await refused("InvalidArgumentException", "PutRecord", { ...put, ExplicitHashKey });
  await refused("ResourceInUseException", "CreateStream", { StreamName, ShardCount: 1 });
  await refused("InvalidArgumentException", "GetRecords", { ShardIterator: "AAAAforged" });
  await refused("InvalidArgumentException", "ListStreams", { NextToken: "AAAAforged" });
  const scaled = { StreamName, TargetShardCount: 9, ScalingType: "UNIFORM_SCALING" };
  await refused("ValidationException", "UpdateShardCount", scaled);
  const key = { EncryptionType: "KMS", KeyId: "alias/no-such" };
  await refused("KMSNotFoundException", "StartStreamEncryption", { StreamName, ...key });
}

await call("CreateStream", { StreamName, ShardCount: 1, Tags: { a: "1" } });
try {
  const { StreamARN } = await settled();
  assert.ok((await call("ListStreams", { Limit: 10000 })).StreamNames.includes(StreamName));
  const { StreamDescription } = await call("DescribeStream", { StreamName });
  const [{ ShardId }] = StreamDescription.Shards;
  await data(ShardId);
  await consumers(StreamARN, ShardId);
  await tags(StreamARN);
  await settings(StreamARN);
  await reshape(ShardId);
  await accountAndPolicy(StreamARN);
  await refusals();
} finally {
  await call("DeleteStream", { StreamName, EnforceConsumerDeletion: true });
  client.destroy();
}
assert.equal(called.size, OPERATIONS, [...called].sort().join(" "));
console.log(`AWS SDK for JavaScript: ${called.size} operations over HTTP/2`);
