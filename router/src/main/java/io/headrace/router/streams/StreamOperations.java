package io.headrace.router.streams;

import io.headrace.router.wire.ModelHandler;
import io.headrace.router.wire.OperationTable;
import io.headrace.store.stream.AccountCatalog;
import io.headrace.store.stream.Streams;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.kinesis.model.AddTagsToStreamRequest;
import software.amazon.awssdk.services.kinesis.model.CreateStreamRequest;
import software.amazon.awssdk.services.kinesis.model.DecreaseStreamRetentionPeriodRequest;
import software.amazon.awssdk.services.kinesis.model.DeleteResourcePolicyRequest;
import software.amazon.awssdk.services.kinesis.model.DeleteStreamRequest;
import software.amazon.awssdk.services.kinesis.model.DeregisterStreamConsumerRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeAccountSettingsRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeLimitsRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamConsumerRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamSummaryRequest;
import software.amazon.awssdk.services.kinesis.model.DisableEnhancedMonitoringRequest;
import software.amazon.awssdk.services.kinesis.model.EnableEnhancedMonitoringRequest;
import software.amazon.awssdk.services.kinesis.model.GetResourcePolicyRequest;
import software.amazon.awssdk.services.kinesis.model.IncreaseStreamRetentionPeriodRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListStreamConsumersRequest;
import software.amazon.awssdk.services.kinesis.model.ListStreamsRequest;
import software.amazon.awssdk.services.kinesis.model.ListTagsForResourceRequest;
import software.amazon.awssdk.services.kinesis.model.ListTagsForStreamRequest;
import software.amazon.awssdk.services.kinesis.model.MergeShardsRequest;
import software.amazon.awssdk.services.kinesis.model.PutResourcePolicyRequest;
import software.amazon.awssdk.services.kinesis.model.RegisterStreamConsumerRequest;
import software.amazon.awssdk.services.kinesis.model.RemoveTagsFromStreamRequest;
import software.amazon.awssdk.services.kinesis.model.SplitShardRequest;
import software.amazon.awssdk.services.kinesis.model.StartStreamEncryptionRequest;
import software.amazon.awssdk.services.kinesis.model.StopStreamEncryptionRequest;
import software.amazon.awssdk.services.kinesis.model.TagResourceRequest;
import software.amazon.awssdk.services.kinesis.model.UntagResourceRequest;
import software.amazon.awssdk.services.kinesis.model.UpdateAccountSettingsRequest;
import software.amazon.awssdk.services.kinesis.model.UpdateMaxRecordSizeRequest;
import software.amazon.awssdk.services.kinesis.model.UpdateShardCountRequest;
import software.amazon.awssdk.services.kinesis.model.UpdateStreamModeRequest;
import software.amazon.awssdk.services.kinesis.model.UpdateStreamWarmThroughputRequest;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/**
 * The control plane of Data Streams: every operation that moves no records. Handlers run on virtual
 * threads and block while a change becomes durable.
 */
public final class StreamOperations {
    /** What stands before the dot in {@code X-Amz-Target}. */
    public static final String TARGET_PREFIX = "Kinesis_20131202";

    private final List<Entry<?, ?>> entries;

    public StreamOperations(
            Streams streams,
            AccountCatalog accounts,
            StreamLookup lookup,
            StreamTokens tokens,
            StreamAccess access,
            StreamQuotas quotas,
            MasterKeys keys,
            InstantSource clock) {
        var listing = new ShardListing(lookup, tokens, clock);
        var control = new AccessControl(access, lookup, listing, quotas.calls());
        entries =
                new Entries(control)
                        .addStreams(new StreamLifecycle(streams, lookup))
                        .addDescriptions(
                                new StreamDescriptions(streams.catalog(), lookup, tokens), listing)
                        .addShards(new Resharding(streams, lookup))
                        .addConsumers(new StreamConsumers(streams, lookup, tokens, clock))
                        .addTags(new Tags(streams, lookup))
                        .addSettings(
                                new Monitoring(streams, lookup),
                                new StreamEncryption(streams, lookup, keys))
                        .addPolicies(new Policies(streams, lookup))
                        .addAccount(new Account(streams, accounts, clock))
                        .entries;
    }

    /** An operation: its name, what its request is built with, and who serves it. */
    record Entry<I extends SdkPojo, O extends SdkPojo>(
            String name, Supplier<? extends SdkBuilder<?, I>> builder, ModelHandler<I, O> handler) {
        void addTo(OperationTable.Service service) {
            service.model(name, builder, handler);
        }
    }

    /** Adds every operation to a service of the table. */
    public void addTo(OperationTable.Service service) {
        entries.forEach(entry -> entry.addTo(service));
    }

    /** Names of the operations, as on the wire. */
    public List<String> names() {
        return entries.stream().map(Entry::name).toList();
    }

    List<Entry<?, ?>> entries() {
        return entries;
    }

    private static final class Entries {
        final List<Entry<?, ?>> entries = new ArrayList<>();
        private final AccessControl control;

        Entries(AccessControl control) {
            this.control = control;
        }

        private <I extends SdkPojo, O extends SdkPojo> void add(
                String name,
                Supplier<? extends SdkBuilder<?, I>> builder,
                ModelHandler<I, O> handler) {
            entries.add(new Entry<>(name, builder, control.guarded(handler)));
        }

        Entries addStreams(StreamLifecycle streams) {
            add("CreateStream", CreateStreamRequest::builder, streams::create);
            add("DeleteStream", DeleteStreamRequest::builder, streams::delete);
            add("UpdateStreamMode", UpdateStreamModeRequest::builder, streams::updateMode);
            add(
                    "UpdateMaxRecordSize",
                    UpdateMaxRecordSizeRequest::builder,
                    streams::updateMaxRecordSize);
            add(
                    "UpdateStreamWarmThroughput",
                    UpdateStreamWarmThroughputRequest::builder,
                    streams::updateWarmThroughput);
            add(
                    "IncreaseStreamRetentionPeriod",
                    IncreaseStreamRetentionPeriodRequest::builder,
                    streams::increaseRetention);
            add(
                    "DecreaseStreamRetentionPeriod",
                    DecreaseStreamRetentionPeriodRequest::builder,
                    streams::decreaseRetention);
            return this;
        }

        Entries addDescriptions(StreamDescriptions descriptions, ShardListing listing) {
            add("DescribeStream", DescribeStreamRequest::builder, descriptions::describe);
            add(
                    "DescribeStreamSummary",
                    DescribeStreamSummaryRequest::builder,
                    descriptions::summarize);
            add("ListStreams", ListStreamsRequest::builder, descriptions::list);
            add("ListShards", ListShardsRequest::builder, listing::list);
            return this;
        }

        Entries addShards(Resharding resharding) {
            add("SplitShard", SplitShardRequest::builder, resharding::split);
            add("MergeShards", MergeShardsRequest::builder, resharding::merge);
            add("UpdateShardCount", UpdateShardCountRequest::builder, resharding::updateCount);
            return this;
        }

        Entries addConsumers(StreamConsumers consumers) {
            add(
                    "RegisterStreamConsumer",
                    RegisterStreamConsumerRequest::builder,
                    consumers::register);
            add(
                    "DeregisterStreamConsumer",
                    DeregisterStreamConsumerRequest::builder,
                    consumers::deregister);
            add(
                    "DescribeStreamConsumer",
                    DescribeStreamConsumerRequest::builder,
                    consumers::describe);
            add("ListStreamConsumers", ListStreamConsumersRequest::builder, consumers::list);
            return this;
        }

        Entries addTags(Tags tags) {
            add("AddTagsToStream", AddTagsToStreamRequest::builder, tags::add);
            add("RemoveTagsFromStream", RemoveTagsFromStreamRequest::builder, tags::remove);
            add("ListTagsForStream", ListTagsForStreamRequest::builder, tags::list);
            add("TagResource", TagResourceRequest::builder, tags::tag);
            add("UntagResource", UntagResourceRequest::builder, tags::untag);
            add("ListTagsForResource", ListTagsForResourceRequest::builder, tags::listOfResource);
            return this;
        }

        Entries addSettings(Monitoring monitoring, StreamEncryption encryption) {
            add(
                    "EnableEnhancedMonitoring",
                    EnableEnhancedMonitoringRequest::builder,
                    monitoring::enable);
            add(
                    "DisableEnhancedMonitoring",
                    DisableEnhancedMonitoringRequest::builder,
                    monitoring::disable);
            add("StartStreamEncryption", StartStreamEncryptionRequest::builder, encryption::start);
            add("StopStreamEncryption", StopStreamEncryptionRequest::builder, encryption::stop);
            return this;
        }

        Entries addPolicies(Policies policies) {
            add("PutResourcePolicy", PutResourcePolicyRequest::builder, policies::put);
            add("GetResourcePolicy", GetResourcePolicyRequest::builder, policies::get);
            add("DeleteResourcePolicy", DeleteResourcePolicyRequest::builder, policies::delete);
            return this;
        }

        Entries addAccount(Account account) {
            add("DescribeLimits", DescribeLimitsRequest::builder, account::describeLimits);
            add(
                    "DescribeAccountSettings",
                    DescribeAccountSettingsRequest::builder,
                    account::describeSettings);
            add(
                    "UpdateAccountSettings",
                    UpdateAccountSettingsRequest::builder,
                    account::updateSettings);
            return this;
        }
    }
}
