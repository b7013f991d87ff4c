package io.headrace.node.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ProcessAgeTest {
    @Test
    void readsTheStartBehindAnyProcessName() {
        var stat =
                "7 (a) b (c) S 1 7 7 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 9 0 123456 1000 10 18446744073709551615\n";

        assertThat(ProcessAge.sinceBoot(stat, "1235.06 99.00\n").toMillis()).isEqualTo(500);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProcessAge.sinceBoot("7 (x) S 1", "1.00 1.00"));
    }
}
