package io.headrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DataLockTest {
    @TempDir Path folder;

    @Test
    @Timeout(60)
    void theSameProcessIsRefusedTooAndTheLockStays() throws Exception {
        var link = folder.resolveSibling(folder.getFileName() + "-link");
        Files.createSymbolicLink(link, folder);
        try (var _ = DataLock.take(folder, 4711)) {
            for (var path : new Path[] {folder, link, folder}) {
                assertThatThrownBy(() -> DataLock.take(path, 4712))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("in use by another process, pid 4711");
            }
            assertThat(another(folder)).contains("in use by another process, pid 4711");
        } finally {
            Files.delete(link);
        }
        assertThat(another(folder)).contains("taken");
        DataLock.take(folder, 4713).close();
    }

    @Test
    @Timeout(60)
    void closingTwiceLetsGoOfNobodyElsesLock() throws Exception {
        var first = DataLock.take(folder, 4711);
        first.close();
        try (var _ = DataLock.take(folder, 4712)) {
            first.close();
            assertThatThrownBy(() -> DataLock.take(folder, 4713))
                    .hasMessageContaining("in use by another process, pid 4712");
            assertThat(another(folder)).contains("in use by another process, pid 4712");
        }
    }

    /** What another process is told. */
    private static String another(Path folder) throws Exception {
        var classes =
                Stream.of(DataLock.class, DataLockTest.class)
                        .map(type ->
                                type.getProtectionDomain().getCodeSource().getLocation().getPath())
                        .collect(Collectors.joining(File.pathSeparator));
        var process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                classes,
                                DataLockTest.class.getName(),
                                folder.toString())
                        .redirectErrorStream(true)
                        .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    public static void main(String[] arguments) throws IOException {
        try (var _ = DataLock.take(Path.of(arguments[0]), 4714)) {
            System.out.println("taken");
        }
    }
}
