package io.headrace.router.streams;

import io.headrace.store.stream.StreamName;
import org.jspecify.annotations.Nullable;

/** Asked before an operation of the control plane: may it be called so often. Any thread. */
@FunctionalInterface
interface CallAdmission {
    /** A call that was let through. */
    @FunctionalInterface
    interface Admitted {
        /** It was refused for another reason, and is as if it had not been. */
        void takeBack();
    }

    /**
     * Lets a call through.
     *
     * @param account the caller's
     * @param stream what it is about, if it is about one, which may not exist
     * @throws io.headrace.store.RefusedException LIMIT_EXCEEDED over the quota
     */
    Admitted admitCall(String operation, String account, @Nullable StreamName stream);

    /** Lets everything through. */
    CallAdmission UNLIMITED = (_, _, _) -> () -> {};
}
