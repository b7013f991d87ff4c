package io.headrace.cluster.member;

import java.nio.file.Path;

/**
 * Mutual TLS between nodes, in PEM files.
 *
 * @param certificate this node's chain
 * @param key its private key
 * @param authority whose certificates other nodes must show
 */
public record BusTls(Path certificate, Path key, Path authority) {}
