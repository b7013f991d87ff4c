package io.headrace.objects;

import java.io.IOException;

/** No answer came that says what became of a request: it may have been carried out, or will be. */
final class LostAnswerException extends IOException {
    private final boolean sent;

    /**
     * What is known of it.
     *
     * @param sent false if the server cannot have seen the request
     */
    LostAnswerException(String message, IOException cause, boolean sent) {
        super(message, cause);
        this.sent = sent;
    }

    boolean wasSent() {
        return sent;
    }
}
