package io.headrace.cluster.forward;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** How much may be under way: requests and their bytes. Any thread. */
final class Budget {
    private final long bytesMax;
    private final int requestsMax;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger requests = new AtomicInteger();

    Budget(long bytesMax, int requestsMax) {
        this.bytesMax = bytesMax;
        this.requestsMax = requestsMax;
    }

    /** Takes room if there is; a request alone always has it, however large. */
    boolean reserve(long size) {
        int others = requests.getAndIncrement();
        long before = bytes.getAndAdd(size);
        if (others > 0 && (others >= requestsMax || before + size > bytesMax)) {
            giveBack(size);
            return false;
        }
        return true;
    }

    void giveBack(long size) {
        bytes.addAndGet(-size);
        requests.decrementAndGet();
    }

    long bytes() {
        return bytes.get();
    }
}
