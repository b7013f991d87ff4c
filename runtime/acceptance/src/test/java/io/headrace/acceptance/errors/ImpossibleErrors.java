package io.headrace.acceptance.errors;

import java.util.Map;
import java.util.TreeMap;

/** The pairs of the service model that cannot occur here, with the reason. */
final class ImpossibleErrors {
    private ImpossibleErrors() {}

    static Map<Pair, String> reasons() {
        var reasons = new TreeMap<Pair, String>();
        keys(reasons);
        var anyState = "it reads what is there of a stream in every state, the last one too";
        for (var operation :
                new String[] {"GetResourcePolicy", "ListStreamConsumers", "ListTagsForResource"}) {
            reasons.put(new Pair(operation, "ResourceInUseException"), anyState);
        }
        var noRate = "AWS tells no rate and no number that could be exceeded";
        for (var operation :
                new String[] {
                    "ListTagsForResource", "TagResource", "UntagResource", "UpdateMaxRecordSize"
                }) {
            reasons.put(new Pair(operation, "LimitExceededException"), noRate);
        }
        reasons.put(
                new Pair("PutRecords", "ProvisionedThroughputExceededException"),
                "it is told record by record, also where all are refused");
        reasons.put(
                new Pair("GetShardIterator", "InternalFailureException"),
                "only damage done to a segment's index while the node runs would bring it about");
        for (var operation : new String[] {"StartStreamEncryption", "StopStreamEncryption"}) {
            reasons.put(
                    new Pair(operation, "LimitExceededException"),
                    "the changes of key that AWS grants a day are not counted here");
        }
        reasons.put(
                new Pair("ListShards", "LimitExceededException"),
                "a thousand calls a second are more than one client makes; CallRatesTest has it");
        reasons.put(
                new Pair("UpdateAccountSettings", "InvalidArgumentException"),
                "its one member is checked against the model, which is a ValidationException");
        return reasons;
    }

    private static void keys(Map<Pair, String> reasons) {
        for (var operation :
                new String[] {"GetRecords", "PutRecord", "PutRecords", "StartStreamEncryption"}) {
            reasons.put(
                    new Pair(operation, "KMSAccessDeniedException"),
                    "keys of the key file have no policies of their own");
            reasons.put(
                    new Pair(operation, "KMSOptInRequired"),
                    "there is no key service to subscribe to");
            reasons.put(
                    new Pair(operation, "KMSThrottlingException"),
                    "the key file is in memory and has no rate");
        }
    }
}
