package io.headrace.acceptance.errors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** That no error of the model is forgotten: each is provoked, or cannot occur for a reason. */
class EveryErrorTest {
    /** By the service model of 2013-12-02 in the SDK in use; botocore's lists the same. */
    private static final int PAIRS = 205;

    @Test
    void eachPairOfTheModelStandsInOneTable() {
        var model = ServiceErrors.pairs();
        assertThat(model).hasSize(PAIRS);
        var tables =
                List.of(
                        SettledErrorsTest.all().keySet(),
                        UnsettledErrorsTest.all().keySet(),
                        LimitedErrorsTest.all().keySet(),
                        DeniedErrorsTest.all().keySet(),
                        ExpiredErrorsTest.all().keySet(),
                        KeyErrorsTest.all().keySet(),
                        DamagedErrorsTest.all().keySet(),
                        ImpossibleErrors.reasons().keySet());
        var seen = new TreeSet<Pair>();
        for (var table : tables) {
            for (var pair : table) {
                assertThat(seen.add(pair)).as("%s stands in one table only", pair).isTrue();
            }
        }
        assertThat(seen).isEqualTo(model);
    }

    @Test
    void eachOperationIsCalled() {
        assertThat(Calls.operations()).hasSize(39);
    }
}
