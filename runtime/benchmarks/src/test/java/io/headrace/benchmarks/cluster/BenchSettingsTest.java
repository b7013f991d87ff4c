package io.headrace.benchmarks.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class BenchSettingsTest {
    @Test
    void theEnvironmentWins() {
        var settings = BenchSettings.of(Map.of("ROUNDS", "7", "SHARDS", "12", "WARM_UP", " "));
        assertThat(settings.rounds()).isEqualTo(7);
        assertThat(settings.shards()).isEqualTo(12);
        assertThat(settings.warmUpSeconds()).isEqualTo(8);
    }

    @Test
    void whatMakesNoSenseIsToldByName() {
        assertThatThrownBy(() -> BenchSettings.of(Map.of("ROUNDS", "many")))
                .hasMessage("ROUNDS is no number: many");
        assertThatThrownBy(() -> BenchSettings.of(Map.of("BLOWS", "0")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
