package io.headrace.objects;

import java.io.IOException;

/** No answer came that says what became of a request: it may have been carried out, or will be. */
final class LostAnswerException extends IOException {
    LostAnswerException(String message, IOException cause) {
        super(message, cause);
    }

    LostAnswerException(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
