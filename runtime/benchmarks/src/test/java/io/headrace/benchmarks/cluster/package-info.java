/**
 * What a cluster costs and how long its moves take, measured on real processes over a real S3
 * server. {@link io.headrace.benchmarks.cluster.ClusterBench} is the program; {@code
 * docs/performance.md} says how to run it.
 */
@NullMarked
package io.headrace.benchmarks.cluster;

import org.jspecify.annotations.NullMarked;
