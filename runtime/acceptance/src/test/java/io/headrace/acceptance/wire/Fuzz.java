package io.headrace.acceptance.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** One thread of a fuzz round: sound requests made unsound, one after the other. */
final class Fuzz {
    private static final List<String> CONTENT_TYPES =
            List.of(Wire.JSON, Wire.CBOR, "", "text/plain", "application/x-amz-cbor-1.1;a=b");
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final URI endpoint;
    private List<String> requests = List.of();
    private final Random random;
    private final Mutations mutations;
    private final Map<Integer, Integer> answers = new TreeMap<>();
    private RawConnection connection;
    private String last = "";

    Fuzz(URI endpoint, long seed) throws IOException {
        this.endpoint = endpoint;
        random = new Random(seed);
        mutations = new Mutations(random);
        connection = new RawConnection(endpoint);
    }

    /** How often each status came. */
    Map<Integer, Integer> answers() {
        return answers;
    }

    /** What was sent last, for a failure's message. */
    String last() {
        return last;
    }

    /**
     * Takes these from now on.
     *
     * @param sound operation and body, a space between
     */
    void use(List<String> sound) {
        requests = sound;
    }

    void step() throws IOException {
        switch (random.nextInt(20)) {
            case 0 -> brokenHttp1();
            case 1 -> brokenHttp2();
            default -> request();
        }
    }

    void close() throws IOException {
        connection.close();
    }

    private void count(int status) {
        answers.merge(status, 1, Integer::sum);
    }

    private void request() throws IOException {
        if (connection.isClosed()) {
            connection = new RawConnection(endpoint);
        }
        var request = signed(random.nextInt(5) == 0);
        remember(request);
        connection.send(request);
        int status = connection.status();
        count(status);
        if (status == RawConnection.CLOSED) {
            connection.close();
        }
    }

    private void remember(byte[] request) {
        last = new String(request, StandardCharsets.ISO_8859_1);
    }

    /**
     * A whole request; its frame is sound, so that it must be answered.
     *
     * @param unsoundHead whether headers are changed after they were signed
     */
    private byte[] signed(boolean unsoundHead) {
        var line = requests.get(random.nextInt(requests.size()));
        int space = line.indexOf(' ');
        boolean cbor = random.nextBoolean();
        var body = mutations.structured(line.substring(space + 1), cbor);
        if (random.nextInt(4) == 0) {
            body = mutations.bytes(body);
        }
        var headers = Wire.headers(line.substring(0, space), cbor ? Wire.CBOR : Wire.JSON);
        if (random.nextInt(40) == 0) {
            headers.put("content-type", any(CONTENT_TYPES));
        }
        var now = InstantSource.system().instant();
        var signing = new Signing(endpoint, FuzzedStream.KEY_ID, FuzzedStream.SECRET, null, now);
        var query = "";
        Map<String, String> sent;
        if (random.nextInt(10) == 0) {
            query = signing.query(headers, body, 300);
            sent = headers;
            sent.put("host", endpoint.getAuthority());
        } else {
            sent = signing.header(headers, body);
        }
        if (unsoundHead) {
            query = text(query);
            var names = List.copyOf(sent.keySet());
            var name = any(names);
            if (random.nextInt(6) == 0) {
                sent.remove(name);
            } else {
                sent.put(name, text(sent.getOrDefault(name, "")));
            }
        }
        var head = new StringBuilder("POST /" + query + " HTTP/1.1\r\n");
        sent.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        head.append("content-length: " + body.length + "\r\n\r\n");
        return RawConnection.request(head.toString(), body);
    }

    /** Changed, but still one that a header or a query may hold. */
    private String text(String sound) {
        var bytes = mutations.bytes(sound.getBytes(StandardCharsets.ISO_8859_1));
        return new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("[\\x00-\\x20\\x7f]", "+");
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** After what is no HTTP there may be an answer or none, but the connection must end. */
    private void brokenHttp1() throws IOException {
        var broken = mutations.bytes(signed(random.nextBoolean()));
        if (random.nextBoolean()) {
            int first = new String(broken, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 8;
            broken =
                    Arrays.copyOf(
                            broken, random.nextInt(Math.max(1, Math.min(first, broken.length))));
        }
        sendAndEnd(broken);
    }

    private void brokenHttp2() throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.write(random.nextInt(8) == 0 ? mutations.bytes(PREFACE) : PREFACE);
        bytes.write(frame(4, 0, 0, new byte[0]));
        for (int frames = random.nextInt(12); frames > 0; frames--) {
            var payload = new byte[random.nextInt(40)];
            random.nextBytes(payload);
            int type = random.nextInt(11);
            bytes.write(frame(type, random.nextInt(256), random.nextInt(6), payload));
        }
        sendAndEnd(bytes.toByteArray());
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) 0)
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    private void sendAndEnd(byte[] bytes) throws IOException {
        remember(bytes);
        try (var broken = new RawConnection(endpoint)) {
            broken.send(bytes);
            broken.sendsNoMore();
            broken.awaitEnd();
        }
    }
}
