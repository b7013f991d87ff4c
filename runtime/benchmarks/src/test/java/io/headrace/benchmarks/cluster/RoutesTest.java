package io.headrace.benchmarks.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import org.junit.jupiter.api.Test;

class RoutesTest {
    @Test
    void anotherNodeIsNeverTheOwnerAndAllOthersHaveTheirTurn() {
        for (int owner = 0; owner < 3; owner++) {
            var others = new HashSet<Integer>();
            for (int turn = 0; turn < 4; turn++) {
                others.add(Routes.other(owner, turn, 3));
            }
            assertThat(others).hasSize(2).doesNotContain(owner).allMatch(other -> other < 3);
        }
    }

    @Test
    void aNodeAloneHasNoOther() {
        assertThatThrownBy(() -> Routes.other(0, 0, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
