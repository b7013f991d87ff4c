package io.headrace.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The room of answers whose clients leave. */
final class AnswerShareTest {
    private static final long ROOM = 1 << 20;

    private final ByteBudget answers = new ByteBudget(ROOM);

    private AnswerShare share() {
        return new AnswerShare(answers, Runnable::run);
    }

    private static boolean failed(CompletionStage<Void> stage) {
        return stage.toCompletableFuture().isCompletedExceptionally();
    }

    @Test
    void whoLeftBeforeItAskedGetsNoneAndStandsInNobodysWay() {
        var gone = share();
        gone.giveUp("gone");
        assertThat(gone.tryTake(1000)).isFalse();
        answers.overdraw(ROOM);
        assertThat(failed(gone.whenTaken(1000))).isTrue();
        assertThat(answers.waiting()).isZero();
        gone.release();
        assertThat(answers.taken()).isEqualTo(ROOM);
    }

    @Test
    void whoLeavesTheLineIsForgottenAndWhoHasRoomKeepsIt() {
        var held = share();
        assertThat(held.tryTake(ROOM / 2)).isTrue();
        held.giveUp("gone");
        assertThat(answers.taken()).isEqualTo(ROOM / 2);
        answers.overdraw(ROOM);
        var waits = share();
        var taken = waits.whenTaken(1000);
        assertThat(answers.waiting()).isOne();
        waits.giveUp("gone");
        assertThat(failed(taken)).isTrue();
        assertThat(answers.waiting()).isZero();
        held.release();
        assertThat(answers.taken()).isEqualTo(ROOM);
    }
}
