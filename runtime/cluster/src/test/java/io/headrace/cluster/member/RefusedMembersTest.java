package io.headrace.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.cluster.Batches;
import io.headrace.cluster.TestCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who does not belong here is told so, and harms nobody. */
class RefusedMembersTest {
    private static TestCluster cluster;
    private static TestCluster.Node node;

    @BeforeAll
    static void start() {
        cluster = new TestCluster(1);
        node = cluster.nodes.getFirst();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void aNodeOfAnotherReleaseIsRefusedByName() {
        assertThatThrownBy(() -> TestCluster.join(cluster.settings("newer", 2)))
                .isInstanceOf(ClusterStartException.class)
                .hasMessageContaining("node n1")
                .hasMessageContaining("speaks protocol 1")
                .hasMessageContaining("newer")
                .hasMessageContaining("speaks 2");
        assertThat(node.cluster.member().membership().placement().active()).hasSize(1);
    }

    @Test
    void twoNodesOfOneNameAreOneTooMany() {
        assertThatThrownBy(() -> TestCluster.join(cluster.settings("n1", 1)))
                .isInstanceOf(ClusterStartException.class)
                .hasMessageContaining("already has a node called n1");
    }

    /** What it does say is that it does not speak that. */
    @Test
    void theMembersSocketServesNoClientsAndNoHttp() throws IOException {
        for (var hello :
                new String[] {"CP2", "GET /hazelcast/health HTTP/1.1\r\n\r\n", "get x\r\n"}) {
            var address =
                    node.cluster.member().hazelcast().getCluster().getLocalMember().getAddress();
            assertThat(answer(address.getPort(), hello.getBytes(StandardCharsets.UTF_8)))
                    .as("the answer to %s", hello)
                    .isIn("", "HZX");
        }
    }

    @Test
    void noiseOnTheBusHarmsNobody() throws IOException {
        var random = new Random(5);
        for (int i = 0; i < 20; i++) {
            var noise = new byte[200];
            random.nextBytes(noise);
            // A length that ends within the noise, so that it is read as a message.
            noise[0] = 0;
            noise[1] = 0;
            noise[2] = 0;
            noise[3] = (byte) random.nextInt(100);
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), busPort())) {
                socket.getOutputStream().write(noise);
                socket.getOutputStream().flush();
            }
        }
        node.shards.append(cluster.shardOf(node), Batches.of("a")).join();
        var second = cluster.start();
        TestCluster.await("the second", cluster::isSettled);
        second.shards.append(cluster.shardOf(node), Batches.of("b")).join();
        assertThat(cluster.disk.records(cluster.shardOf(node))).endsWith("b");
        cluster.kill(second);
    }

    private static int busPort() {
        var own = node.cluster.member().hazelcast().getCluster().getLocalMember();
        return HostPort.parse(own.getAttribute(MemberConfig.BUS), 0).port();
    }

    private static String answer(int port, byte[] hello) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(hello);
            socket.getOutputStream().flush();
            try {
                return new String(socket.getInputStream().readNBytes(3), StandardCharsets.UTF_8);
            } catch (SocketException reset) {
                return "";
            }
        }
    }
}
