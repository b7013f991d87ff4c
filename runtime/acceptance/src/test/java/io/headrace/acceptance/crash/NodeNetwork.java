package io.headrace.acceptance.crash;

import io.headrace.acceptance.Tools;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where the nodes of a cluster on one machine live: each in a network namespace of its own behind a
 * bridge, so that packets between them can be dropped, or all on loopback where that is impossible.
 * The clients and the store are in the namespace of this process. One thread at a time.
 */
final class NodeNetwork implements AutoCloseable {
    /** A node's place; {@code command} runs a command there. */
    record Host(String address, int port, int memberPort, int busPort, List<String> command) {
        Host {
            command = List.copyOf(command);
        }

        String member() {
            return address + ":" + memberPort;
        }
    }

    private static final int PORT = 4566;
    private static final int MEMBER_PORT = 5701;
    private static final int BUS_PORT = 5702;

    private final String name;
    private final String subnet;
    private final String refusal;
    private final List<Host> hosts = new ArrayList<>();

    private NodeNetwork(String name, String subnet, String refusal) {
        this.name = name;
        this.subnet = subnet;
        this.refusal = refusal;
    }

    /** A network of so many hosts. */
    static NodeNetwork of(int size) throws IOException, InterruptedException {
        long pid = ProcessHandle.current().pid();
        var name = "hr" + pid % 100_000;
        var subnet = "10.213." + pid % 250;
        var refusal = "";
        if (Tools.have("ip") && Tools.have("nft")) {
            var network = new NodeNetwork(name, subnet, "");
            try {
                network.lay(size);
                return network;
            } catch (IOException e) {
                refusal = String.valueOf(e.getMessage());
                network.takeAway();
            }
        } else {
            refusal = "ip (iproute2) or nft (nftables) is missing";
        }
        var loopback = new NodeNetwork(name, "127.0.0", refusal);
        for (int i = 0; i < size; i++) {
            loopback.hosts.add(
                    new Host("127.0.0.1", freePort(), freePort(), freePort(), List.of()));
        }
        return loopback;
    }

    private void lay(int size) throws IOException, InterruptedException {
        must("ip", "link", "add", name, "type", "bridge");
        must("ip", "addr", "add", storeAddress() + "/24", "dev", name);
        must("ip", "link", "set", name, "up");
        for (int i = 0; i < size; i++) {
            var space = space(i);
            var address = subnet + "." + (11 + i);
            must("ip", "netns", "add", space);
            hosts.add(
                    new Host(
                            address,
                            PORT,
                            MEMBER_PORT,
                            BUS_PORT,
                            List.of("ip", "netns", "exec", space)));
            var outside = name + "v" + i;
            must(
                    "ip", "link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns",
                    space);
            must("ip", "link", "set", outside, "master", name, "up");
            must("ip", "-n", space, "addr", "add", address + "/24", "dev", "eth0");
            must("ip", "-n", space, "link", "set", "eth0", "up");
            must("ip", "-n", space, "link", "set", "lo", "up");
        }
        // That a rule can be made, and taken back, is found out before anything counts on it.
        drop(0, "output ip daddr " + subnet + ".254");
        heal(0);
    }

    private String space(int host) {
        return name + "n" + host;
    }

    /** Why nothing can be cut here; empty if it can. */
    String refusal() {
        return refusal;
    }

    Host host(int i) {
        return hosts.get(i);
    }

    /** Where the hosts reach what runs in this process' namespace. */
    String storeAddress() {
        return refusal.isEmpty() ? subnet + ".1" : "127.0.0.1";
    }

    /** Drops what the host gets from the others. */
    void dropFrom(int host, List<Integer> others) throws IOException, InterruptedException {
        drop(host, "input ip saddr { " + addresses(others) + " }");
    }

    /** Drops what the host sends to the others. */
    void dropTo(int host, List<Integer> others) throws IOException, InterruptedException {
        drop(host, "output ip daddr { " + addresses(others) + " }");
    }

    /** Drops all between the host and a port in this process' namespace. */
    void dropService(int host, int port) throws IOException, InterruptedException {
        drop(
                host,
                "input ip saddr " + storeAddress() + " tcp sport " + port,
                "output ip daddr " + storeAddress() + " tcp dport " + port);
    }

    /** Drops all that comes to the host and leaves it. */
    void dropAll(int host) throws IOException, InterruptedException {
        drop(host, "input iifname eth0", "output oifname eth0");
    }

    /** Ends every cut of the host. */
    void heal(int host) throws IOException, InterruptedException {
        nft(host, "delete table inet cut");
    }

    private String addresses(List<Integer> others) {
        return others.stream().map(i -> host(i).address()).collect(Collectors.joining(", "));
    }

    private void drop(int host, String... rules) throws IOException, InterruptedException {
        nft(host, "add table inet cut");
        for (var hook : List.of("input", "output")) {
            nft(
                    host,
                    "add chain inet cut %s { type filter hook %s priority 0; }"
                            .formatted(hook, hook));
        }
        for (var rule : rules) {
            nft(host, "add rule inet cut " + rule + " drop");
        }
    }

    private void nft(int host, String what) throws IOException, InterruptedException {
        must("ip", "netns", "exec", space(host), "nft", what);
    }

    private static void must(String... command) throws IOException, InterruptedException {
        var outcome = Tools.run(command);
        if (outcome.status() != 0) {
            throw new IOException(String.join(" ", command) + ": " + outcome.output().strip());
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void takeAway() throws IOException, InterruptedException {
        for (int i = 0; i < hosts.size(); i++) {
            must("ip", "netns", "delete", space(i));
        }
        // Not there if it is what could not be made.
        Tools.run("ip", "link", "delete", name);
    }

    /** Takes away what was laid; of nodes that still run there, the network goes with the last. */
    @Override
    public void close() throws IOException {
        if (!refusal.isEmpty()) {
            return;
        }
        try {
            takeAway();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
