package io.headrace.node.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.node.StoreOpening;
import io.headrace.node.Surroundings;
import io.headrace.store.StoreSettings;
import io.headrace.store.object.DirectoryStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code headrace store} as typed, on a store that nodes share. */
@Timeout(60)
class StoreCommandsTest {
    private static final String DELETED_STREAM =
            "shards/00000000000000aa/00000003/segments/0000000000000000001-0000000000000007";

    @TempDir Path directory;

    private record Ran(int exit, String out, String err) {}

    @Test
    void aSharedStoreIsCheckedAndCollected() throws Exception {
        try (var objects = DirectoryStore.openShared(directory, "test")) {
            var surroundings = Surroundings.real();
            var journals =
                    StoreOpening.journals(
                            objects, StoreSettings.shared(directory, 1 << 30), surroundings);
            journals.seal(journals.begin().id());
            objects.createIfAbsent(DELETED_STREAM, ByteBuffer.allocate(100));
            objects.createIfAbsent("mine/own", ByteBuffer.allocate(1));
            objects.createIfAbsent(
                    "meta/streams/000000000000/n=x/" + (Long.MAX_VALUE - 1),
                    ByteBuffer.allocate(1));
        }
        var damaged = run("store", "check", "--store", directory.toUri().toString());
        assertThat(damaged.exit()).isEqualTo(1);
        assertThat(damaged.out()).contains("damaged: meta/streams/000000000000/n=x/");
        // Nobody knows which streams there are, so none is taken for deleted.
        var wary = run("store", "gc", "--store", directory.toUri().toString());
        assertThat(wary.exit()).isZero();
        assertThat(wary.out()).contains("kept: shards/").contains("0 objects, 0 bytes removed");
        try (var objects = DirectoryStore.openShared(directory, "test")) {
            var name = "meta/streams/000000000000/n=x/" + (Long.MAX_VALUE - 1);
            objects.delete(name);
        }
        var sound = run("store", "check", "--store", directory.toUri().toString(), "--json");
        assertThat(sound.exit()).isZero();
        assertThat(sound.out()).contains("mine/own", "there is no such stream");
    }

    @Test
    void whatDoesNotGoTogetherIsSaid() throws Exception {
        var both = run("store", "check", "--data", "x", "--store", directory.toUri().toString());
        assertThat(both.exit()).isEqualTo(2);
        assertThat(both.err()).contains("give one of them");
        var neither = run("store", "check");
        assertThat(neither.exit()).isEqualTo(2);
        assertThat(neither.err()).contains("Give --data DIR or --store URL");
        var none = run("store", "gc");
        assertThat(none.exit()).isEqualTo(2);
        assertThat(none.err()).contains("Give --store URL");
        var halfway = run("store", "gc", "--store", "s3://bucket/prefix");
        assertThat(halfway.exit()).isEqualTo(2);
        assertThat(halfway.err()).contains("s3.endpoint");
        var absent = directory.resolve("absent");
        var typed = run("store", "gc", "--store", absent.toUri().toString());
        assertThat(typed.exit()).isEqualTo(1);
        assertThat(typed.err()).contains("there is no directory");
        assertThat(absent).doesNotExist();
        var empty = run("store", "check", "--store", directory.toUri().toString());
        assertThat(empty.exit()).isEqualTo(1);
        assertThat(empty.err()).contains("holds nothing of Headrace");
    }

    private static Ran run(String... arguments) throws IOException {
        try (var out = new StringWriter();
                var err = new StringWriter()) {
            int exit =
                    Main.commandLine()
                            .setOut(new PrintWriter(out, true))
                            .setErr(new PrintWriter(err, true))
                            .execute(arguments);
            return new Ran(exit, out.toString(), err.toString());
        }
    }
}
