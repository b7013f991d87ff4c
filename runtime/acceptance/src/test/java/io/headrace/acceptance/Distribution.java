package io.headrace.acceptance;

import io.headrace.testkit.HeadraceNode;
import org.junit.jupiter.api.Assumptions;

/** Whether there is a node to test. */
public final class Distribution {
    private Distribution() {}

    /**
     * Skips the test, saying why, while no distribution has been built; never for another reason.
     */
    public static void assumeBuilt() {
        Assumptions.assumeTrue(
                HeadraceNode.findHome().isPresent(),
                "skipped: no distribution; build it, or name one with -Dheadrace.home");
    }
}
