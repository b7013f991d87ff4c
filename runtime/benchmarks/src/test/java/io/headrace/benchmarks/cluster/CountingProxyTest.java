package io.headrace.benchmarks.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CountingProxyTest {
    @Test
    void passesOnAndCountsByMethodHoweverLongARequestIs() throws Exception {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext(
                "/",
                exchange -> {
                    var body = exchange.getRequestBody().readAllBytes();
                    exchange.sendResponseHeaders(200, 0);
                    try (var out = exchange.getResponseBody()) {
                        out.write(body);
                    }
                });
        server.start();
        var target = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        try (var proxy = new CountingProxy(target);
                var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            var large = new byte[1 << 20];
            large[large.length - 1] = 7;
            for (int i = 0; i < 3; i++) {
                var put =
                        HttpRequest.newBuilder(proxy.endpoint())
                                .PUT(HttpRequest.BodyPublishers.ofByteArray(large));
                assertThat(http.send(put.build(), HttpResponse.BodyHandlers.ofByteArray()).body())
                        .isEqualTo(large);
            }
            http.send(
                    HttpRequest.newBuilder(proxy.endpoint()).GET().build(),
                    HttpResponse.BodyHandlers.discarding());
            assertThat(proxy.counts()).isEqualTo(Map.of("PUT", 3L, "GET", 1L));
        } finally {
            server.stop(0);
        }
    }
}
