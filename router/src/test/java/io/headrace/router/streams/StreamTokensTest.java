package io.headrace.router.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.router.streams.StreamTokens.Opened;
import io.headrace.store.object.MemoryStore;
import io.headrace.store.stream.TestClock;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamTokensTest {
    private static final Duration LIFE = Duration.ofMinutes(5);

    private final MemoryStore store = new MemoryStore();
    private final TestClock clock = new TestClock(1_700_000_000_000L);

    @Test
    void opensWhatItSealedForFiveMinutesAndOnEveryNode() throws IOException {
        var token = tokens(1).seal("iterator", "a", "", "Überall");
        assertThat(token).hasSizeLessThan(StreamTokens.LENGTH_MAX);
        clock.advance(LIFE);
        for (var tokens : List.of(tokens(1), tokens(2))) {
            assertThat(tokens.open("iterator", token, LIFE))
                    .isEqualTo(new Opened.Valid(List.of("a", "", "Überall"), 1_700_000_000_000L));
        }
        clock.advance(Duration.ofMillis(1));
        assertThat(tokens(1).open("iterator", token, LIFE))
                .isEqualTo(new Opened.Expired(1_700_000_000_000L));
    }

    @Test
    void aTokenOfAnotherKindOrStoreIsForged() throws IOException {
        var token = tokens(1).seal("iterator", "a");
        assertThat(tokens(1).open("next", token, LIFE)).isEqualTo(new Opened.Forged());
        var other = StreamTokens.open(new MemoryStore(), clock, new Random(9));
        assertThat(other.open("iterator", token, LIFE)).isEqualTo(new Opened.Forged());
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void anyChangeIsForged(long seed) throws IOException {
        var random = new Random(seed);
        var tokens = tokens(1);
        var bytes = Base64.getDecoder().decode(tokens.seal("iterator", "stream", "12"));
        for (int i = 0; i < bytes.length * 8; i++) {
            var changed = bytes.clone();
            changed[i / 8] ^= (byte) (1 << (i % 8));
            var token = Base64.getEncoder().encodeToString(changed);
            assertThat(tokens.open("iterator", token, LIFE)).isEqualTo(new Opened.Forged());
        }
        for (int i = 0; i < 500; i++) {
            var noise = new byte[random.nextInt(100)];
            random.nextBytes(noise);
            var token = Base64.getEncoder().encodeToString(noise);
            assertThat(tokens.open("iterator", token, LIFE)).isEqualTo(new Opened.Forged());
        }
        assertThat(tokens.open("iterator", "no base64!", LIFE)).isEqualTo(new Opened.Forged());
        assertThat(tokens.open("iterator", "", LIFE)).isEqualTo(new Opened.Forged());
    }

    @Test
    void noTwoTokensAreTheSame() throws IOException {
        var tokens = tokens(1);
        var seen = new HashSet<String>();
        for (int i = 0; i < 1_000; i++) {
            assertThat(seen.add(tokens.seal("iterator", "same"))).isTrue();
        }
    }

    @Test
    void theLongestNamesFitAndLongerIsRefused() throws IOException {
        var tokens = tokens(1);
        var longest = "n".repeat(128);
        var token =
                tokens.seal(
                        "iterator",
                        "123456789012",
                        longest,
                        "0123456789abcdef",
                        "2147483647",
                        "9223372036854775807",
                        "1700000000000");
        assertThat(token.length()).isLessThanOrEqualTo(StreamTokens.LENGTH_MAX);
        assertThatThrownBy(() -> tokens.seal("iterator", "n".repeat(335)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(tokens.seal("iterator", "n".repeat(334))).hasSize(StreamTokens.LENGTH_MAX);
    }

    private StreamTokens tokens(long seed) throws IOException {
        return StreamTokens.open(store, clock, new Random(seed));
    }
}
