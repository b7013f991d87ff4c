#!/usr/bin/env python3
"""Extracts the constraints of a service's operations from botocore's service model.

Run by hand when the model changes, with botocore installed:

    router/src/model/extract-constraints.py kinesis 2013-12-02 \
        > router/src/main/resources/io/headrace/router/wire/kinesis-constraints.json

Facts only: names, types, required members, lengths, ranges, patterns, enumerations; no
documentation text. Members stand in the order in which they are checked: the model's, but for what
is recorded from the service itself (below).
"""
import gzip
import json
import os
import sys

import botocore

# Orders recorded from the service: the stream's name is checked last where it is not named here.
MEMBERS_LAST = ["StreamName"]
MEMBER_ORDER = {
    "PutRecordInput": ["SequenceNumberForOrdering", "PartitionKey", "ExplicitHashKey", "Data"],
    "GetRecordsInput": ["Limit", "ShardIterator"],
    "ListShardsInput": ["MaxResults", "ExclusiveStartShardId", "StreamName", "NextToken"],
    "ListTagsForStreamInput": ["Limit", "ExclusiveStartTagKey"],
    "SplitShardInput": ["NewStartingHashKey", "StreamName", "ShardToSplit"],
    "UpdateShardCountInput": ["ScalingType", "StreamName", "TargetShardCount"],
    "PutRecordsRequestEntry": ["PartitionKey", "ExplicitHashKey", "Data"],
}
ENUM_ORDER = {
    "ShardIteratorType": [
        "AFTER_SEQUENCE_NUMBER", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON",
    ],
}


def ordered(known, all_of_them):
    assert set(known) <= set(all_of_them), known
    return known + [one for one in all_of_them if one not in known]


def members(name, shape):
    known = MEMBER_ORDER.get(name, [])
    names = ordered(known, list(shape["members"]))
    names.sort(key=lambda member: member in MEMBERS_LAST and member not in known)
    return {member: shape["members"][member]["shape"] for member in names}


def constraints(name, shape):
    facts = {"type": shape["type"]}
    for fact in ("min", "max", "pattern"):
        if fact in shape:
            facts[fact] = shape[fact]
    if "enum" in shape:
        facts["enum"] = ordered(ENUM_ORDER.get(name, []), shape["enum"])
    if shape["type"] == "structure":
        facts["members"] = members(name, shape)
        if shape.get("required"):
            facts["required"] = shape["required"]
    if shape["type"] == "list":
        facts["member"] = shape["member"]["shape"]
    if shape["type"] == "map":
        facts["key"] = shape["key"]["shape"]
        facts["value"] = shape["value"]["shape"]
    return facts


def main(service, version):
    path = os.path.join(botocore.__path__[0], "data", service, version, "service-2.json.gz")
    with gzip.open(path) as file:
        model = json.load(file)
    operations = {
        name: {side: operation[side]["shape"] for side in ("input", "output") if side in operation}
        for name, operation in sorted(model["operations"].items())
    }
    shapes = {
        name: constraints(name, shape)
        for name, shape in sorted(model["shapes"].items())
        if not shape.get("exception") and not shape.get("eventstream")
    }
    sections = []
    for title, entries in (("operations", operations), ("shapes", shapes)):
        lines = [f'{json.dumps(name)}: {json.dumps(facts)}' for name, facts in entries.items()]
        sections.append(f'"{title}": {{\n' + ",\n".join(lines) + "\n}")
    print("{\n" + ",\n".join(sections) + "\n}")


main(*sys.argv[1:])
