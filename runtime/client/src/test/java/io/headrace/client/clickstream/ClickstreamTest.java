package io.headrace.client.clickstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ClickstreamTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int CLICKS = 20_000;

    private static List<Click> clicks(long seed) {
        var stream = new Clickstream(new SplittableRandom(seed), START);
        return Stream.generate(stream::next).limit(CLICKS).toList();
    }

    @Test
    void theSameSeedGivesTheSameClicks() {
        assertThat(clicks(1)).isEqualTo(clicks(1)).isNotEqualTo(clicks(2));
    }

    @Test
    void timeNeverGoesBack() {
        assertThat(clicks(1)).extracting(Click::at).isSorted().allMatch(at -> !at.isBefore(START));
    }

    @Test
    void everyVisitIsAWalkStepByStep() throws Exception {
        var mapper = new ObjectMapper();
        var steps = new HashMap<String, Integer>();
        for (var click : clicks(3)) {
            var json = mapper.readTree(click.json());
            int step = steps.merge(click.session(), 1, Integer::sum);
            assertThat(json.path("step").asInt()).isEqualTo(step);
            assertThat(json.path("user").asText()).isEqualTo(click.user());
            assertThat(json.path("type").asText()).isEqualTo(click.type());
            if (click.type().equals("purchase")) {
                assertThat(json.path("cart").path("total").asDouble()).isPositive();
            }
        }
        assertThat(steps).hasSizeGreaterThan(1_000);
    }

    @Test
    void usersAreSkewedAndSomeBuy() {
        var clicks = clicks(4);
        var byUser =
                clicks.stream().collect(Collectors.groupingBy(Click::user, Collectors.counting()));
        long top =
                byUser.values().stream()
                        .sorted((a, b) -> Long.compare(b, a))
                        .limit(10)
                        .mapToLong(n -> n)
                        .sum();
        assertThat(top).isBetween(CLICKS / 10L, CLICKS / 2L);
        assertThat(byUser).hasSizeGreaterThan(500);
        var byType =
                clicks.stream()
                        .map(Click::type)
                        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        assertThat(byType.get("purchase")).isBetween(CLICKS / 1_000L, CLICKS / 20L);
        assertThat(byType).containsKeys("view_page", "view_product", "search", "add_to_cart");
    }
}
