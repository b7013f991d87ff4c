package io.headrace.router.streams;

import io.headrace.router.wire.RequestContext;
import io.headrace.store.crypt.KeyFile;
import io.headrace.store.stream.Encryption;
import io.headrace.store.stream.Streams;
import software.amazon.awssdk.services.kinesis.model.EncryptionType;
import software.amazon.awssdk.services.kinesis.model.StartStreamEncryptionRequest;
import software.amazon.awssdk.services.kinesis.model.StartStreamEncryptionResponse;
import software.amazon.awssdk.services.kinesis.model.StopStreamEncryptionRequest;
import software.amazon.awssdk.services.kinesis.model.StopStreamEncryptionResponse;

/** Turns the sealing of a stream's records on and off; the log seals and unseals. */
final class StreamEncryption {
    private final Streams streams;
    private final StreamLookup lookup;
    private final MasterKeys keys;

    StreamEncryption(Streams streams, StreamLookup lookup, MasterKeys keys) {
        this.streams = streams;
        this.lookup = lookup;
        this.keys = keys;
    }

    StartStreamEncryptionResponse start(
            StartStreamEncryptionRequest request, RequestContext context)
            throws InterruptedException {
        var name = lookup.name(request.streamName(), request.streamARN(), context);
        var stream = streams.get(name);
        requireKms(request.encryptionType());
        keys.prepare(stream.id(), request.keyId());
        var kms = new Encryption.Kms(request.keyId());
        streams.changeEncryption(name, _ -> kms);
        return StartStreamEncryptionResponse.builder().build();
    }

    StopStreamEncryptionResponse stop(StopStreamEncryptionRequest request, RequestContext context)
            throws InterruptedException {
        var name = lookup.name(request.streamName(), request.streamARN(), context);
        streams.get(name);
        requireKms(request.encryptionType());
        streams.changeEncryption(
                name,
                encryption -> {
                    if (encryption instanceof Encryption.Kms(var keyId)
                            && !KeyFile.normalized(keyId)
                                    .equals(KeyFile.normalized(request.keyId()))) {
                        throw StreamLookup.invalid(
                                "%s is encrypted with key %s, not with %s."
                                        .formatted(name.described(), keyId, request.keyId()));
                    }
                    return Encryption.NONE;
                });
        return StopStreamEncryptionResponse.builder().build();
    }

    private static void requireKms(EncryptionType type) {
        if (type != EncryptionType.KMS) {
            throw StreamLookup.invalid("EncryptionType must be KMS.");
        }
    }
}
