package io.headrace.client.put;

import java.util.List;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

/** Sends one PutRecords request and waits for its answer; called from several threads at once. */
@FunctionalInterface
public interface BatchSender {
    PutRecordsResponse send(List<PutRecordsRequestEntry> records);
}
