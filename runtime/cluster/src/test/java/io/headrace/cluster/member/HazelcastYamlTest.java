package io.headrace.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import io.headrace.cluster.wire.MessageFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator may say to Hazelcast, and what Hazelcast is like if nobody says anything. */
class HazelcastYamlTest {
    private static final UUID NODE = new UUID(1, 2);

    @TempDir private Path dir;

    @Test
    void nobodyIsListenedToButMembers() {
        var config = MemberConfig.of(settings(Optional.empty()), NODE);
        var network = config.getAdvancedNetworkConfig();
        assertThat(network.isEnabled()).isTrue();
        assertThat(network.getEndpointConfigs()).hasSize(1);
        var endpoint = MemberConfig.endpoint(config);
        assertThat(endpoint.getPort()).isEqualTo(5701);
        assertThat(endpoint.isPortAutoIncrement()).isFalse();
        assertThat(endpoint.getInterfaces().getInterfaces()).containsExactly("127.0.0.1");
        assertThat(network.getJoin().getMulticastConfig().isEnabled()).isFalse();
        assertThat(network.getJoin().getAutoDetectionConfig().isEnabled()).isFalse();
        assertThat(network.getJoin().getTcpIpConfig().getMembers())
                .containsExactly("10.0.0.1:5701", "10.0.0.2:5801");
        assertThat(config.getJetConfig().isEnabled()).isFalse();
        assertThat(config.getManagementCenterConfig().isScriptingEnabled()).isFalse();
        assertThat(config.getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
        assertThat(config.getProperty("hazelcast.max.no.heartbeat.seconds")).isEqualTo("10");
        assertThat(config.getProperty("hazelcast.logging.type")).isEqualTo("slf4j");
        var filter = config.getSerializationConfig().getJavaSerializationFilterConfig();
        assertThat(filter.isDefaultsDisabled()).isTrue();
        assertThat(filter.getWhitelist().isListed("java.util.ArrayList")).isTrue();
        assertThat(filter.getWhitelist().isListed("javax.management.BadAttributeValueExpException"))
                .isFalse();
        assertThat(config.findMapConfig("anything").getMergePolicyConfig().getPolicy())
                .endsWith("DiscardMergePolicy");
        assertThat(ClusterSettings.PROTOCOL).isGreaterThanOrEqualTo(MessageFormat.VERSION);
    }

    @Test
    void discoveryAndPlaceCanBeConfigured() throws IOException {
        var config =
                merged(
                        """
                        hazelcast:
                          cluster-name: prod
                          network:
                            public-address: 192.0.2.7:5701
                            join:
                              tcp-ip:
                                enabled: false
                              kubernetes:
                                enabled: true
                                service-dns: headrace.example
                          partition-group:
                            enabled: true
                            group-type: ZONE_AWARE
                          member-attributes:
                            rack:
                              type: string
                              value: r1
                          properties:
                            hazelcast.io.thread.count: 2
                        """);
        var join = config.getAdvancedNetworkConfig().getJoin();
        assertThat(join.getKubernetesConfig().isEnabled()).isTrue();
        assertThat(join.getTcpIpConfig().isEnabled()).isFalse();
        assertThat(join.getMulticastConfig().isEnabled()).isFalse();
        assertThat(MemberConfig.endpoint(config).getPublicAddress()).isEqualTo("192.0.2.7:5701");
        assertThat(config.getPartitionGroupConfig().isEnabled()).isTrue();
        assertThat(config.getMemberAttributeConfig().getAttribute("rack")).isEqualTo("r1");
        assertThat(config.getMemberAttributeConfig().getAttribute(MemberConfig.NODE_ID))
                .isEqualTo(NODE.toString());
        assertThat(config.getProperty("hazelcast.io.thread.count")).isEqualTo("2");
        assertThat(config.getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
    }

    @Test
    void aFileWithoutDiscoveryLeavesTheListOfMembers() throws IOException {
        var config = merged("hazelcast:\n  partition-group:\n    enabled: false\n");
        assertThat(config.getAdvancedNetworkConfig().getJoin().getTcpIpConfig().isEnabled())
                .isTrue();
        assertThat(config.getAdvancedNetworkConfig().getJoin().getTcpIpConfig().getMembers())
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    management-center: {scripting-enabled: true} | hazelcast.management-center
                    network: {rest-api: {enabled: true}} | hazelcast.network.rest-api
                    network: {memcache-protocol: {enabled: true}} | hazelcast.network.memcache-protocol
                    network: {port: {port: 1}} | hazelcast.network.port
                    network: {join: {multicast: {enabled: true}}} | hazelcast.network.join.multicast
                    advanced-network: {enabled: true} | hazelcast.advanced-network
                    jet: {enabled: true} | hazelcast.jet
                    user-code-namespaces: {enabled: true} | hazelcast.user-code
                    listeners: [com.example.Listener] | hazelcast.listeners
                    serialization: {allow-unsafe: true} | hazelcast.serialization
                    import: [other.yaml] | hazelcast.import
                    map: {default: {merge-policy: {class-name: PutIfAbsentMergePolicy}}} | hazelcast.map
                    lite-member: {enabled: true} | hazelcast.lite-member
                    cluster-name: other | hazelcast.cluster-name
                    member-attributes: {headrace.protocol: {type: string, value: '9'}} | headrace.protocol
                    properties: {hazelcast.phone.home.enabled: true} | hazelcast.phone.home.enabled
                    properties: {hazelcast.max.no.heartbeat.seconds: 600} | hazelcast.max.no.heartbeat.seconds
                    properties: {hazelcast.rest.enabled: true} | hazelcast.rest.enabled
                    properties: {hazelcast.partition.count: 7} | hazelcast.partition.count
                    """)
    void whatIsUnsafeIsRefusedByItsName(String line, String name) {
        assertThatThrownBy(() -> merged("hazelcast:\n  " + line.strip() + "\n"))
                .isInstanceOf(ClusterStartException.class)
                .hasMessageContaining("sets what is not to be set")
                .hasMessageContaining(name);
    }

    @Test
    void allThatIsWrongIsNamedAtOnce() {
        assertThatThrownBy(() ->
                        merged(
                                """
                                hazelcast:
                                  jet: {enabled: true}
                                  properties: {hazelcast.jmx: true}
                                hazelcast-client: {}
                                """))
                .hasMessageContaining("hazelcast.jet")
                .hasMessageContaining("hazelcast.jmx")
                .hasMessageContaining("hazelcast-client");
    }

    @Test
    void noYamlIsSaidSo() {
        assertThatThrownBy(() -> merged("hazelcast: ["))
                .isInstanceOf(ClusterStartException.class)
                .hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> merged("just words")).isInstanceOf(ClusterStartException.class);
        assertThatThrownBy(() -> MemberConfig.of(settings(Optional.of(dir.resolve("none"))), NODE))
                .isInstanceOf(ClusterStartException.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void heartbeatsBeyondBoundsAreRefused() {
        assertThatThrownBy(() -> settings(Optional.empty(), Duration.ofMinutes(5)))
                .hasMessageContaining("heartbeat timeout");
        assertThatThrownBy(() -> settings(Optional.empty(), Duration.ofMillis(100)))
                .hasMessageContaining("heartbeat timeout");
    }

    @Test
    void anyAddressIsNone() {
        assertThatThrownBy(() -> MemberConfig.of(settingsOn("0.0.0.0"), NODE))
                .hasMessageContaining("0.0.0.0 is all of them");
    }

    @Test
    void hostsAndPortsAreRead() {
        assertThat(HostPort.parse("a", 7)).isEqualTo(new HostPort("a", 7));
        assertThat(HostPort.parse(" a:8 ", 7)).isEqualTo(new HostPort("a", 8));
        assertThat(HostPort.parse("[::1]:8", 7)).isEqualTo(new HostPort("::1", 8));
        assertThat(HostPort.parse("::1", 7)).isEqualTo(new HostPort("::1", 7));
        assertThat(HostPort.parse("[::1]", 7)).hasToString("[::1]:7");
        assertThatThrownBy(() -> HostPort.parse("a:x", 7)).hasMessageContaining("a:x");
        assertThatThrownBy(() -> HostPort.parse("a:99999", 7)).hasMessageContaining("99999");
        assertThatThrownBy(() -> HostPort.parse("", 7)).hasMessageContaining("no host");
    }

    private Config merged(String yaml) throws IOException {
        var file = dir.resolve("hazelcast.yaml");
        Files.writeString(file, yaml);
        return MemberConfig.of(settings(Optional.of(file)), NODE);
    }

    private static ClusterSettings settings(Optional<Path> yaml) {
        return settings(yaml, ClusterSettings.DEFAULT_HEARTBEAT_TIMEOUT);
    }

    private static ClusterSettings settings(Optional<Path> yaml, Duration heartbeat) {
        return new ClusterSettings(
                "prod",
                "n1",
                ClusterSettings.PROTOCOL,
                "test",
                new HostPort("127.0.0.1", 5701),
                new HostPort("127.0.0.1", 5702),
                Optional.empty(),
                List.of(new HostPort("10.0.0.1", 5701), new HostPort("10.0.0.2", 5801)),
                heartbeat,
                yaml,
                Optional.empty(),
                Map.of());
    }

    private static ClusterSettings settingsOn(String host) {
        return new ClusterSettings(
                "prod",
                "n1",
                ClusterSettings.PROTOCOL,
                "test",
                new HostPort(host, 5701),
                new HostPort(host, 5702),
                Optional.empty(),
                List.of(),
                ClusterSettings.DEFAULT_HEARTBEAT_TIMEOUT,
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }
}
