package io.headrace.acceptance.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The proof must fail wherever a sync is missing, late, failed, or of another file. */
class SyscallTraceTest {
    private static final String WRITE =
            "11 pwrite64(7</d/journal/1>, \"..record-a..\"..., 512, 0) = 512";
    private static final String SYNC = "11 fdatasync(7</d/journal/1>) = 0";
    private static final String SEND =
            "12 writev(9<socket:[77]>, [{iov_base=\"HTTP/1.1 200 OK {4711}\", iov_len=90}], 1) = 90";

    private static String problem(String... lines) {
        return SyscallTrace.parse(List.of(lines)).unsynced("record-a", "4711").orElse("none");
    }

    @Test
    void writtenSyncedSent() {
        assertThat(problem(WRITE, SYNC, SEND)).isEqualTo("none");
        assertThat(
                        problem(
                                "11 pwrite64(7</d/journal/1>, \"record-a\", 512, 0 <unfinished ...>",
                                "12 futex(0x1) = 0",
                                "11 <... pwrite64 resumed>) = 512",
                                "11 fdatasync(7</d/journal/1> <unfinished ...>",
                                "11 <... fdatasync resumed>) = 0",
                                SEND))
                .isEqualTo("none");
    }

    @Test
    void sentTooEarly() {
        assertThat(problem(WRITE, SEND, SYNC)).contains("4711 was sent before");
        assertThat(
                        problem(
                                WRITE,
                                "11 fdatasync(7</d/journal/1> <unfinished ...>",
                                SEND,
                                "11 <... fdatasync resumed>) = 0"))
                .contains("4711 was sent before");
    }

    @Test
    void theSyncBeganBeforeTheWriteEnded() {
        assertThat(
                        problem(
                                "11 pwrite64(7</d/journal/1>, \"record-a\", 512, 0 <unfinished ...>",
                                "13 fdatasync(7</d/journal/1>) = 0",
                                "11 <... pwrite64 resumed>) = 512",
                                SEND))
                .contains("4711 was sent before");
    }

    @Test
    void theSyncFailedOrWasOfAnotherFile() {
        assertThat(problem(WRITE, "11 fdatasync(7</d/journal/1>) = -1 EIO (error)", SEND))
                .contains("4711 was sent before");
        assertThat(problem(WRITE, "11 fdatasync(8</d/journal/2>) = 0", SEND))
                .contains("4711 was sent before");
    }

    @Test
    void neverWrittenOrNeverSent() {
        assertThat(problem(SYNC, SEND)).contains("no write of record-a");
        assertThat(problem(WRITE, SYNC)).contains("no send of 4711");
    }
}
