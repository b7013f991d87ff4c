package io.headrace.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Dates and ids of answers. */
final class HeadsTest {
    @Test
    void theDateIsWrittenAsHttpWantsIt() {
        var now = new Instant[] {Instant.parse("1994-11-06T08:49:37.999Z")};
        var fixed = new HttpDate(() -> now[0]);
        assertThat(fixed.now()).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
        now[0] = now[0].plusMillis(1);
        assertThat(fixed.now()).isEqualTo("Sun, 06 Nov 1994 08:49:38 GMT");
    }

    @Test
    void idsAreVersionFourAndDiffer() {
        var ids = new RequestIds(new SplittableRandom(7));
        var seen = new HashSet<String>();
        for (int i = 0; i < 10_000; i++) {
            var id = UUID.fromString(ids.next());
            assertThat(id.version()).isEqualTo(4);
            assertThat(id.variant()).isEqualTo(2);
            assertThat(seen.add(id.toString())).isTrue();
        }
        assertThat(new RequestIds(new SplittableRandom(7)).next())
                .isEqualTo(new RequestIds(new SplittableRandom(7)).next());
    }
}
