package io.headrace.benchmarks.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LiveHeapTest {
    @Test
    void readsTheFirstUse() {
        assertThat(
                        LiveHeap.used(
                                """
                                42:
                                 garbage-first heap   total reserved 524288K, committed 98304K, used 20480K [0x1, 0x2)
                                  region size 2048K, 4 young (8192K), 1 survivors (2048K)
                                 Metaspace       used 51234K, committed 52096K, reserved 1114112K
                                """))
                .isEqualTo(20L << 20);
        assertThatThrownBy(() -> LiveHeap.used("42:\nnothing"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void asksAProcess() throws Exception {
        assertThat(LiveHeap.bytes(ProcessHandle.current().pid())).isGreaterThan(1 << 20);
    }
}
