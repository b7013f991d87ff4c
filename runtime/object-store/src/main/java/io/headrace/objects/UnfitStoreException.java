package io.headrace.objects;

import java.io.IOException;

/** A server does not keep a promise that journals rest on: acknowledged records could get lost. */
public final class UnfitStoreException extends IOException {
    UnfitStoreException(String server, String reason) {
        super(server + " is not fit for journals: " + reason);
    }
}
