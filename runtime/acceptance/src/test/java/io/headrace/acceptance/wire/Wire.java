package io.headrace.acceptance.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Speaks to a node in requests and answers as they are on the wire. Any thread. */
final class Wire {
    static final String JSON = "application/x-amz-json-1.1";
    static final String CBOR = "application/x-amz-cbor-1.1";
    static final ObjectMapper JSON_MAPPER = new ObjectMapper();
    static final ObjectMapper CBOR_MAPPER = new CBORMapper();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI endpoint;

    Wire(URI endpoint) {
        this.endpoint = endpoint;
    }

    /** An answer; its body as sent and, if it is one of ours, read. */
    record Answer(int status, String contentType, String text, JsonNode body) {
        String type() {
            return body.path("__type").asText();
        }

        String message() {
            return body.path("message").asText();
        }
    }

    URI endpoint() {
        return endpoint;
    }

    /** Calls with a body of JSON whose quotes may be single, which must succeed. */
    JsonNode call(String operation, String body) {
        var answer = json(operation, body);
        if (answer.status() != 200) {
            throw new AssertionError(operation + " " + body + " was answered " + answer.text());
        }
        return answer.body();
    }

    /** Calls with a body of JSON whose quotes may be single. */
    Answer json(String operation, String body) {
        var bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return send("POST", "", headers(operation, JSON), bytes);
    }

    /**
     * As {@link #json}, with the same body written in CBOR, where data are bytes and not Base64.
     */
    Answer cbor(String operation, String body) {
        try {
            var tree = JSON_MAPPER.readTree(body.replace('\'', '"'));
            for (var parent : tree.findParents("Data")) {
                ((ObjectNode) parent).put("Data", parent.get("Data").binaryValue());
            }
            var bytes = CBOR_MAPPER.writeValueAsBytes(tree);
            return send("POST", "", headers(operation, CBOR), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Map<String, String> headers(String operation, String contentType) {
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        headers.put("x-amz-target", "Kinesis_20131202." + operation);
        headers.put("content-type", contentType);
        return headers;
    }

    Answer send(String method, String query, Map<String, String> headers, byte[] body) {
        var builder =
                HttpRequest.newBuilder(URI.create(endpoint + "/" + query))
                        .timeout(Duration.ofSeconds(60))
                        .method(method, BodyPublishers.ofByteArray(body));
        headers.forEach((name, value) -> {
            if (!name.equalsIgnoreCase("host")) {
                builder.header(name, value);
            }
        });
        try {
            return answer(CLIENT.send(builder.build(), BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Answer answer(HttpResponse<byte[]> response) throws IOException {
        var type = response.headers().firstValue("content-type").orElse("");
        var mapper = type.equals(CBOR) ? CBOR_MAPPER : JSON_MAPPER;
        boolean ours = type.equals(JSON) || type.equals(CBOR);
        return new Answer(
                response.statusCode(),
                type,
                new String(response.body(), StandardCharsets.UTF_8),
                ours ? mapper.readTree(response.body()) : mapper.missingNode());
    }

    /** A stream of its own for a test. */
    String newStream(int shards) {
        var name = "wire-" + UUID.randomUUID();
        call("CreateStream", "{'StreamName':'%s','ShardCount':%d}".formatted(name, shards));
        return name;
    }

    String arnOf(String stream) {
        return call("DescribeStreamSummary", "{'StreamName':'" + stream + "'}")
                .at("/StreamDescriptionSummary/StreamARN")
                .asText();
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
