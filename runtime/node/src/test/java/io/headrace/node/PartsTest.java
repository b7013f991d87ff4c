package io.headrace.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class PartsTest {
    private final ArrayList<String> closed = new ArrayList<>();

    @Test
    void closesInReverseOnceAndGoesOnAfterAFailure() throws Exception {
        var parts = new Parts();
        parts.open("first", () -> "first", closed::add);
        parts.open(
                "second",
                () -> "second",
                part -> {
                    closed.add(part);
                    throw new IOException("disk gone");
                });
        parts.open("third", () -> "third", closed::add);

        parts.close();
        parts.close();

        assertThat(closed).containsExactly("third", "second", "first");
    }

    @Test
    void aFailedStartNamesThePart() throws Exception {
        var parts = new Parts();
        parts.open("first", () -> "first", closed::add);

        assertThatExceptionOfType(NodeStartException.class)
                .isThrownBy(() ->
                        parts.open(
                                "store",
                                () -> {
                                    throw new IOException("locked by process 7");
                                },
                                part -> {}))
                .withMessage("store: locked by process 7");
        parts.close();
        assertThat(closed).containsExactly("first");
    }
}
