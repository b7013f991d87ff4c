package io.headrace.client.put;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LinesAndKeysTest {
    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> lines(byte[] input) throws IOException {
        var reader = new LineReader(new ByteArrayInputStream(input));
        var lines = new ArrayList<String>();
        for (var line = reader.next(); line != null; line = reader.next()) {
            lines.add(new String(line, StandardCharsets.ISO_8859_1));
        }
        return lines;
    }

    @Test
    void linesEndWithANewlineOrTheInput() throws IOException {
        assertThat(lines(utf8("a\nb\r\n\nc"))).containsExactly("a", "b", "", "c");
        assertThat(lines(utf8("a\n"))).containsExactly("a");
        assertThat(lines(utf8(""))).isEmpty();
    }

    @Test
    void bytesAreNotText() throws IOException {
        assertThat(lines(new byte[] {(byte) 0xff, 0, '\n', (byte) 0xfe}))
                .containsExactly("\u00ff\0", "\u00fe");
    }

    @Test
    void aLineMayBeLongerThanTheBuffer() throws IOException {
        var big = "x".repeat(300_000);
        assertThat(lines(utf8(big + "\n" + big))).containsExactly(big, big);
    }

    @Test
    void aLineHasAnEnd() {
        assertThatThrownBy(() -> lines(new byte[LineReader.LINE_BYTES_MAX + 1]))
                .isInstanceOf(IOException.class);
    }

    @Test
    void keysComeFromAPointer() {
        var chooser = KeyChooser.pointed("/user/id");
        assertThat(chooser.keyOf(utf8("{\"user\":{\"id\":\"ä\"}}"), 1)).isEqualTo("ä");
        assertThat(chooser.keyOf(utf8("{\"user\":{\"id\":7}}"), 2)).isEqualTo("7");
        assertThatThrownBy(() -> chooser.keyOf(utf8("{\"user\":{}}"), 3))
                .hasMessageContaining("record 3 has no key");
        assertThatThrownBy(() -> chooser.keyOf(utf8("{\"user\":{\"id\":null}}"), 3))
                .hasMessageContaining("record 3 has no key");
        assertThatThrownBy(() -> chooser.keyOf(utf8("not json"), 4))
                .hasMessageContaining("record 4 is not JSON");
    }

    @Test
    void withoutAWishKeysAreSpreadAndRepeatable() {
        var keys =
                LongStream.range(0, 1_000)
                        .mapToObj(i -> KeyChooser.spread().keyOf(utf8(""), i))
                        .toList();
        assertThat(keys).doesNotHaveDuplicates();
        assertThat(KeyChooser.spread().keyOf(utf8("x"), 5)).isEqualTo(keys.get(5));
        assertThat(KeyChooser.fixed("k").keyOf(utf8("x"), 5)).isEqualTo("k");
    }
}
