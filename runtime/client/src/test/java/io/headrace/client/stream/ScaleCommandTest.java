package io.headrace.client.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScaleCommandTest {
    private static List<Integer> steps(int open, int count) {
        var steps = new ArrayList<Integer>();
        int next = open;
        do {
            next = ScaleCommand.step(next, count);
            steps.add(next);
        } while (next != count);
        return steps;
    }

    @Test
    void aStepGoesToHalfOrDoubleAtMost() {
        assertThat(steps(1, 100)).containsExactly(2, 4, 8, 16, 32, 64, 100);
        assertThat(steps(100, 1)).containsExactly(50, 25, 13, 7, 4, 2, 1);
        assertThat(steps(3, 6)).containsExactly(6);
        assertThat(steps(3, 2)).containsExactly(2);
        assertThat(steps(4, 4)).containsExactly(4);
        assertThat(steps(Integer.MAX_VALUE, Integer.MAX_VALUE)).containsExactly(Integer.MAX_VALUE);
    }

    @Test
    void whatIsNoNumberOfShardsIsLeftToTheNodeToRefuse() {
        assertThat(steps(4, 0)).containsExactly(0);
        assertThat(steps(4, -1)).containsExactly(-1);
    }
}
