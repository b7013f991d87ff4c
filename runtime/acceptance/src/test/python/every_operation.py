"""Calls every Kinesis operation with an unchanged botocore (the AWS CLI's and boto3's client), and
compares each answer, as it came over the wire, with the service model.

Usage: every_operation.py ENDPOINT. Prints what is wrong and ends with 1, or says what it called.
"""
import base64
import hashlib
import json
import sys
import time

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

OPERATIONS = 39
problems = []
called = set()


def check(path, shape, found):
    """Compares a JSON value with the shape the model gives it."""
    if found is None:
        problems.append(f"{path} is null instead of absent")
    elif shape.type_name == "structure":
        for name, value in found.items():
            if name in shape.members:
                check(f"{path}.{name}", shape.members[name], value)
            else:
                problems.append(f"{path}.{name} is not in the model")
        for name in shape.required_members:
            if name not in found:
                problems.append(f"{path}.{name} is required but missing")
    elif shape.type_name == "list":
        for i, item in enumerate(found):
            check(f"{path}[{i}]", shape.member, item)
    elif shape.type_name == "map":
        for name, value in found.items():
            check(f"{path}.{name}", shape.value, value)
    else:
        kinds = {
            "string": str,
            "blob": str,
            "integer": int,
            "long": int,
            "boolean": bool,
            "timestamp": (int, float),
        }
        kind = kinds[shape.type_name]
        if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
            problems.append(f"{path} is a {type(found).__name__}")
        elif shape.type_name == "blob":
            base64.b64decode(found, validate=True)


def answered(response_dict, operation_model, **_):
    """Looks at an answer before botocore does."""
    name = operation_model.name
    status, headers, body = (response_dict[k] for k in ("status_code", "headers", "body"))
    if not any(h.lower() == "x-amzn-requestid" for h in headers):
        problems.append(f"{name}: no x-amzn-RequestId")
    if status == 200:
        called.add(name)
        if name == "SubscribeToShard":
            return
        answer = json.loads(body) if body else {}
        if operation_model.output_shape is not None:
            check(name, operation_model.output_shape, answer)
        elif answer != {}:
            problems.append(f"{name} answers {answer} where nothing is due")
    else:
        code = json.loads(body)["__type"].split("#")[-1]
        declared = {e.name for e in operation_model.error_shapes}
        common = {"ValidationException", "SerializationException", "UnknownOperationException"}
        if code not in declared | common:
            problems.append(f"{name} refuses with {code}, which the model doesn't have for it")


def expect(condition, message):
    if not condition:
        problems.append(message)


def refused(code, call, **arguments):
    try:
        call(**arguments)
        problems.append(f"{call.__name__}{arguments} is not refused with {code}")
    except ClientError as e:
        found = e.response["Error"]["Code"]
        expect(found == code, f"{call.__name__} is refused with {found}, not {code}: {e}")


def main(endpoint):
    session = botocore.session.get_session()
    session.set_credentials("test", "test")
    kinesis = session.create_client(
        "kinesis",
        region_name="us-east-1",
        endpoint_url=endpoint,
        # Endpoint rules would put the account before the host, which is for AWS's own only.
        config=Config(retries={"max_attempts": 1}, parameter_validation=False),
    )
    kinesis.meta.events.register("before-parse.kinesis.*", answered)
    stream = f"python-{int(time.time() * 1000)}"
    active = lambda: kinesis.get_waiter("stream_exists").wait(
        StreamName=stream, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )

    def settled():
        for _ in range(300):
            summary = kinesis.describe_stream_summary(StreamName=stream)
            if summary["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE":
                return summary["StreamDescriptionSummary"]
            time.sleep(0.1)
        raise TimeoutError(stream)

    kinesis.create_stream(StreamName=stream, ShardCount=1, Tags={"a": "1"})
    active()
    arn = settled()["StreamARN"]
    try:
        shard = kinesis.list_shards(StreamName=stream)["Shards"][0]["ShardId"]
        expect(stream in kinesis.list_streams(Limit=10000)["StreamNames"], "not listed")
        expect(len(kinesis.describe_stream(StreamName=stream)["StreamDescription"]["Shards"]) == 1, "one shard")

        data(kinesis, stream, shard)
        consumers(kinesis, arn, stream, shard)
        tags(kinesis, stream, arn)
        settings(kinesis, stream, arn, settled)
        reshape(kinesis, stream, shard, settled)
        account_and_policy(kinesis, arn)
        refusals(kinesis, stream, shard)
    finally:
        kinesis.delete_stream(StreamName=stream, EnforceConsumerDeletion=True)
    expect(len(called) == OPERATIONS, f"only {len(called)} operations succeeded: {sorted(called)}")


def data(kinesis, stream, shard):
    payload = bytes(range(256)) * 4
    first = kinesis.put_record(StreamName=stream, PartitionKey="ä", Data=payload)
    many = kinesis.put_records(
        StreamName=stream,
        Records=[{"PartitionKey": str(i), "Data": str(i).encode()} for i in range(500)],
    )
    expect(many["FailedRecordCount"] == 0, "records failed")
    iterator = kinesis.get_shard_iterator(
        StreamName=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    read = []
    while True:
        page = kinesis.get_records(ShardIterator=iterator, Limit=200)
        read += page["Records"]
        iterator = page["NextShardIterator"]
        if page["MillisBehindLatest"] == 0:
            break
    expect(len(read) == 501, f"{len(read)} records read, not 501")
    expect(read[0]["Data"] == payload and read[0]["PartitionKey"] == "ä", "bytes or key changed")
    expect(read[0]["SequenceNumber"] == first["SequenceNumber"], "another sequence number")
    numbers = [int(r["SequenceNumber"]) for r in read]
    expect(numbers == sorted(set(numbers)), "sequence numbers don't rise")
    expect(hashlib.md5(read[0]["Data"]).digest() == hashlib.md5(payload).digest(), "bytes")


def consumers(kinesis, arn, stream, shard):
    consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="py")["Consumer"]
    expect(len(kinesis.list_stream_consumers(StreamARN=arn)["Consumers"]) == 1, "one consumer")
    for _ in range(300):
        found = kinesis.describe_stream_consumer(StreamARN=arn, ConsumerName="py")
        if found["ConsumerDescription"]["ConsumerStatus"] == "ACTIVE":
            break
        time.sleep(0.1)
    events = kinesis.subscribe_to_shard(
        ConsumerARN=consumer["ConsumerARN"],
        ShardId=shard,
        StartingPosition={"Type": "TRIM_HORIZON"},
    )["EventStream"]
    read = 0
    for event in events:
        read += len(event["SubscribeToShardEvent"]["Records"])
        if read == 501:
            break
    events.close()
    kinesis.deregister_stream_consumer(ConsumerARN=consumer["ConsumerARN"])


def tags(kinesis, stream, arn):
    kinesis.add_tags_to_stream(StreamName=stream, Tags={"b": "2"})
    listed = kinesis.list_tags_for_stream(StreamName=stream)["Tags"]
    expect(listed == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}], f"tags {listed}")
    kinesis.remove_tags_from_stream(StreamName=stream, TagKeys=["a"])
    kinesis.tag_resource(ResourceARN=arn, Tags={"c": "3"})
    kinesis.untag_resource(ResourceARN=arn, TagKeys=["b"])
    listed = kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"]
    expect(listed == [{"Key": "c", "Value": "3"}], f"tags {listed}")


def settings(kinesis, stream, arn, settled):
    kinesis.increase_stream_retention_period(StreamName=stream, RetentionPeriodHours=48)
    expect(settled()["RetentionPeriodHours"] == 48, "retention is not 48")
    kinesis.decrease_stream_retention_period(StreamName=stream, RetentionPeriodHours=24)
    settled()
    metrics = ["IncomingBytes", "OutgoingRecords"]
    kinesis.enable_enhanced_monitoring(StreamName=stream, ShardLevelMetrics=metrics)
    settled()
    kinesis.disable_enhanced_monitoring(StreamName=stream, ShardLevelMetrics=["ALL"])
    settled()
    key = {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
    kinesis.start_stream_encryption(StreamName=stream, **key)
    expect(settled()["EncryptionType"] == "KMS", "not encrypted")
    kinesis.stop_stream_encryption(StreamName=stream, **key)
    settled()
    kinesis.update_max_record_size(StreamARN=arn, MaxRecordSizeInKiB=2048)
    expect(settled()["MaxRecordSizeInKiB"] == 2048, "largest record is not 2048 KiB")


def reshape(kinesis, stream, shard, settled):
    kinesis.split_shard(StreamName=stream, ShardToSplit=shard, NewStartingHashKey=str(2**127))
    settled()
    children = [s["ShardId"] for s in kinesis.list_shards(StreamName=stream)["Shards"][1:]]
    expect(len(children) == 2, f"children {children}")
    kinesis.merge_shards(StreamName=stream, ShardToMerge=children[0], AdjacentShardToMerge=children[1])
    settled()
    kinesis.update_shard_count(StreamName=stream, TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    expect(settled()["OpenShardCount"] == 2, "not two open shards")


def account_and_policy(kinesis, arn):
    kinesis.describe_limits()
    kinesis.describe_account_settings()
    kinesis.update_account_settings(MinimumThroughputBillingCommitment={"Status": "DISABLED"})
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "111122223333"},
                "Action": "kinesis:GetRecords",
                "Resource": arn,
            }
        ],
    }
    kinesis.put_resource_policy(ResourceARN=arn, Policy=json.dumps(policy))
    expect("111122223333" in kinesis.get_resource_policy(ResourceARN=arn)["Policy"], "no policy")
    kinesis.delete_resource_policy(ResourceARN=arn)
    kinesis.update_stream_mode(StreamARN=arn, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    kinesis.update_stream_warm_throughput(StreamARN=arn, WarmThroughputMiBps=8)


def refusals(kinesis, stream, shard):
    put = kinesis.put_record
    refused("ResourceNotFoundException", put, StreamName="no-such", PartitionKey="a", Data=b"")
    refused("ValidationException", put, StreamName=stream, PartitionKey="", Data=b"")
    refused("ValidationException", put, StreamName="no such!", PartitionKey="a", Data=b"")
    refused(
        "InvalidArgumentException",
        put,
        StreamName=stream,
        PartitionKey="a",
        ExplicitHashKey=str(2**128),
        Data=b"",
    )
    refused("ResourceInUseException", kinesis.create_stream, StreamName=stream, ShardCount=1)
    refused("InvalidArgumentException", kinesis.get_records, ShardIterator="AAAAforged")
    refused(
        "ResourceNotFoundException",
        kinesis.get_shard_iterator,
        StreamName=stream,
        ShardId="shardId-000000009999",
        ShardIteratorType="LATEST",
    )
    records = [{"PartitionKey": "a", "Data": b""}] * 501
    refused("ValidationException", kinesis.put_records, StreamName=stream, Records=records)


if __name__ == "__main__":
    main(sys.argv[1])
    for problem in problems:
        print(problem)
    if problems:
        sys.exit(1)
    print(f"botocore {botocore.__version__}: {len(called)} operations, every answer fits the model")
