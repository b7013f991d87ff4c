package io.headrace.benchmarks.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void isMarkdown() {
        var bytes = new ByteArrayOutputStream();
        var table = new Table("", "p50").row("PUT", "1.2 ms").row("put", "2 ms");
        table.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        assertThat(bytes.toString(StandardCharsets.UTF_8).strip().lines())
                .containsExactly("|  | p50 |", "|---|---|", "| PUT | 1.2 ms |", "| put | 2 ms |");
    }

    @Test
    void aRowFitsItsColumns() {
        assertThatThrownBy(() -> new Table("a", "b").row("1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1 cells for 2 columns");
    }
}
