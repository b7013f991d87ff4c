package io.headrace.node.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class JsonLinesTest {
    private final LoggerContext context = new LoggerContext();

    @Test
    void aLineIsOneJsonObjectWithWhatWasAttached() throws Exception {
        var event = event("took {} ms", 12);
        event.setKeyValuePairs(
                List.of(new KeyValuePair("operation", "PutRecord"), new KeyValuePair("bytes", 7L)));

        var line = encode(event);

        var json = new ObjectMapper(new JsonFactory()).readTree(line);
        assertThat(line).endsWith("}\n").hasLineCount(1);
        assertThat(json.get("time").asText()).isEqualTo("2026-01-02T03:04:05.678Z");
        assertThat(json.get("level").asText()).isEqualTo("INFO");
        assertThat(json.get("message").asText()).isEqualTo("took 12 ms");
        assertThat(json.get("operation").asText()).isEqualTo("PutRecord");
        assertThat(json.get("bytes").isNumber()).isTrue();
    }

    @Test
    void aCallersTextCannotForgeALine() throws Exception {
        var hostile = "a\"}\n{\"level\":\"INFO\",\u0000\u001b[31m\\ \ud800 é";

        var line = encode(event("name {}", hostile));

        assertThat(line).hasLineCount(1).doesNotContain("\u001b").doesNotContain("\u0000");
        assertThat(new ObjectMapper().readTree(line).get("message").asText())
                .isEqualTo("name " + hostile);
    }

    private LoggingEvent event(String message, Object argument) {
        var logger = context.getLogger("io.headrace.Test");
        var event =
                new LoggingEvent(
                        "fqcn", logger, Level.INFO, message, null, new Object[] {argument});
        event.setInstant(Instant.parse("2026-01-02T03:04:05.678Z"));
        return event;
    }

    private static String encode(LoggingEvent event) {
        return new String(new JsonLines().encode(event), StandardCharsets.UTF_8);
    }
}
