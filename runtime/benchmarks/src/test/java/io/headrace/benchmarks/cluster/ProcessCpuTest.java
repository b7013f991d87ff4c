package io.headrace.benchmarks.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ProcessCpuTest {
    @Test
    void addsUserAndKernelTimeWhateverTheNameIs() {
        var cpu = new ProcessCpu(100);
        var rest = " S 1 42 42 0 -1 4194560 900 0 0 0 150 50 7 8 20 0 30 0 1234 0 0";
        assertThat(cpu.seconds("42 (java)" + rest)).isEqualTo(2.0);
        assertThat(cpu.seconds("42 (a b) (c)" + rest)).isEqualTo(2.0);
        assertThat(new ProcessCpu(1000).seconds("42 (java)" + rest)).isEqualTo(0.2);
    }

    @Test
    void whatIsCutOffIsNoFigure() {
        assertThatThrownBy(() -> new ProcessCpu(100).seconds("42 (java) S 1 42"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsThisProcess() throws Exception {
        var cpu = ProcessCpu.ofThisMachine();
        long pid = ProcessHandle.current().pid();
        assertThat(cpu.seconds(pid)).isPositive();
    }
}
