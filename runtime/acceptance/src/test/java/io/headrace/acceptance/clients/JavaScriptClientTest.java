package io.headrace.acceptance.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.acceptance.Tools;
import io.headrace.acceptance.UnderTest;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The AWS SDK for JavaScript v3, which speaks HTTP/2 to a plain port too. */
@ExtendWith(UnderTest.class)
class JavaScriptClientTest {
    private static final Path DIRECTORY = TestSources.directory("js");

    @BeforeAll
    static void install() throws Exception {
        Tools.require("node", "npm");
        var lock = DIRECTORY.resolve("package-lock.json");
        var installed = DIRECTORY.resolve("node_modules/.package-lock.json");
        if (!Files.exists(installed)
                || Files.getLastModifiedTime(installed).compareTo(Files.getLastModifiedTime(lock))
                        < 0) {
            var npm =
                    List.of("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent");
            var outcome = Tools.run(DIRECTORY, npm);
            assertThat(outcome.status()).as(outcome.output()).isZero();
        }
    }

    @Test
    void everyOperation(URI endpoint) throws Exception {
        var outcome =
                Tools.run(DIRECTORY, List.of("node", "every-operation.mjs", endpoint.toString()));
        assertThat(outcome.status()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("39 operations over HTTP/2");
    }
}
