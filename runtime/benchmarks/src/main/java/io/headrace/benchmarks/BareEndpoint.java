package io.headrace.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/**
 * A Vert.x endpoint that only reads and parses PutRecords bodies, as any server of the protocol
 * must, and keeps nothing: the limit for puts. It reads the body into one array, walks it with
 * Jackson, decodes the data with the JDK's Base64 and hashes the keys, the fastest way found with
 * libraries as they are. To the other operations it answers as much as {@code headrace bench} wants
 * to hear. Arguments: port, seconds to live.
 */
public final class BareEndpoint {
    static final JsonFactory JSON = new JsonFactory();
    static final CBORFactory CBOR = new CBORFactory();

    private BareEndpoint() {}

    /** Runs until its time is up. */
    public static void main(String[] args) throws Exception {
        int port = Integer.parseInt(args[0]);
        long seconds = Long.parseLong(args[1]);
        int loops = Runtime.getRuntime().availableProcessors();
        var vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops));
        vertx.deployVerticle(() -> new Server(port), new DeploymentOptions().setInstances(loops))
                .await(30, TimeUnit.SECONDS);
        System.out.println(
                "bare endpoint ready on http://127.0.0.1:"
                        + port
                        + " pid "
                        + ProcessHandle.current().pid());
        TimeUnit.SECONDS.sleep(seconds);
        vertx.close().await(30, TimeUnit.SECONDS);
    }

    private static final class Server extends AbstractVerticle {
        private final int port;

        Server(int port) {
            this.port = port;
        }

        @Override
        public void start() {
            var options = new HttpServerOptions().setHost("127.0.0.1").setPort(port);
            vertx.createHttpServer(options).requestHandler(Server::serve).listen().await();
        }

        private static void serve(HttpServerRequest request) {
            int length = Integer.parseInt(request.getHeader("content-length"));
            var body = new byte[length];
            var at = new int[1];
            request.handler(chunk -> {
                chunk.getBytes(body, at[0]);
                at[0] += chunk.length();
            });
            request.endHandler(end -> {
                var type = request.getHeader("content-type");
                boolean cbor = type != null && type.contains("cbor");
                var target = request.getHeader("x-amz-target");
                var operation = target == null ? "" : target.substring(target.indexOf('.') + 1);
                if (operation.startsWith("PutRecord")) {
                    parse(body, cbor);
                }
                request.response()
                        .putHeader("content-type", String.valueOf(type))
                        .end(BareAnswers.of(operation, cbor));
            });
        }
    }

    /** Walks a body, touching what a server must touch; returns the decoded bytes. */
    static long parse(byte[] body, boolean cbor) {
        try (var parser = cbor ? CBOR.createParser(body) : JSON.createParser(body)) {
            var md5 = MessageDigest.getInstance("MD5");
            long bytes = 0;
            String member = "";
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME) {
                    member = parser.currentName();
                } else if (member.equals("Data") && token.isScalarValue()) {
                    bytes += data(parser, cbor);
                } else if (member.equals("PartitionKey") && token.isScalarValue()) {
                    md5.update(parser.getText().getBytes(StandardCharsets.UTF_8));
                    bytes += md5.digest()[0] & 1;
                }
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int data(JsonParser parser, boolean cbor) throws IOException {
        return cbor
                ? parser.getBinaryValue().length
                : Base64.getDecoder().decode(parser.getText()).length;
    }
}
