package io.headrace.acceptance.crash;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What {@code strace -f -y} saw, in the order it saw it: a call that began on a later line than
 * another ended on did begin after it.
 */
final class SyscallTrace {
    private static final Pattern WHOLE =
            Pattern.compile("^(\\d+)\\s+(\\w+)\\((.*)\\)\\s+= (-?\\d+).*$", Pattern.DOTALL);
    private static final Pattern BEGUN =
            Pattern.compile("^(\\d+)\\s+(\\w+)\\((.*) <unfinished \\.\\.\\.>$", Pattern.DOTALL);
    private static final Pattern RESUMED =
            Pattern.compile(
                    "^(\\d+)\\s+<\\.\\.\\. (\\w+) resumed>(.*)\\)\\s+= (-?\\d+).*$",
                    Pattern.DOTALL);
    private static final Pattern FILE = Pattern.compile("^\\d+<([^>]*)>");
    private static final Set<String> WRITES =
            Set.of("write", "writev", "pwrite64", "pwritev", "pwritev2", "sendto", "sendmsg");
    private static final Set<String> SYNCS = Set.of("fdatasync", "fsync");

    /** One system call; its lines are those it began and ended on. */
    record Call(String thread, String name, String arguments, int begun, int ended, long result) {
        /** The path of the file, or {@code socket:[…]}, that the call is about. */
        String file() {
            var found = FILE.matcher(arguments);
            return found.find() ? found.group(1) : "";
        }

        boolean isSocket() {
            return file().startsWith("socket:") || file().startsWith("TCP");
        }

        boolean isWriteOf(String text) {
            return WRITES.contains(name) && result > 0 && arguments.contains(text);
        }
    }

    private final List<Call> calls;

    private SyscallTrace(List<Call> calls) {
        this.calls = calls;
    }

    static SyscallTrace parse(List<String> lines) {
        var calls = new ArrayList<Call>();
        var begun = new HashMap<String, Call>();
        for (int line = 0; line < lines.size(); line++) {
            var text = lines.get(line);
            var resumed = RESUMED.matcher(text);
            if (resumed.matches()) {
                var open = begun.remove(resumed.group(1));
                if (open != null && open.name().equals(resumed.group(2))) {
                    calls.add(
                            new Call(
                                    open.thread(),
                                    open.name(),
                                    open.arguments() + resumed.group(3),
                                    open.begun(),
                                    line,
                                    Long.parseLong(resumed.group(4))));
                }
                continue;
            }
            var unfinished = BEGUN.matcher(text);
            if (unfinished.matches()) {
                begun.put(
                        unfinished.group(1),
                        new Call(
                                unfinished.group(1),
                                unfinished.group(2),
                                unfinished.group(3),
                                line,
                                Integer.MAX_VALUE,
                                -1));
                continue;
            }
            var whole = WHOLE.matcher(text);
            if (whole.matches()) {
                calls.add(
                        new Call(
                                whole.group(1),
                                whole.group(2),
                                whole.group(3),
                                line,
                                line,
                                Long.parseLong(whole.group(4))));
            }
        }
        return new SyscallTrace(calls);
    }

    /**
     * Looks for proof that a record was on disk before its acknowledgement left: a write of its
     * data to a file, then a successful sync of that file that began after the write ended, then
     * the first send of its sequence number, begun after the sync ended.
     *
     * @return what is wrong, or nothing
     */
    Optional<String> unsynced(String data, String sequenceNumber) {
        var send =
                calls.stream()
                        .filter(call -> call.isSocket() && call.isWriteOf(sequenceNumber))
                        .mapToInt(Call::begun)
                        .min();
        if (send.isEmpty()) {
            return Optional.of("no send of " + sequenceNumber + " was seen");
        }
        var writes =
                calls.stream().filter(call -> !call.isSocket() && call.isWriteOf(data)).toList();
        if (writes.isEmpty()) {
            return Optional.of("no write of " + data + " to a file was seen");
        }
        boolean proved = writes.stream().anyMatch(write -> isSynced(write, send.getAsInt()));
        return proved
                ? Optional.empty()
                : Optional.of(sequenceNumber + " was sent before a sync of " + data + " was done");
    }

    private boolean isSynced(Call write, int before) {
        return calls.stream()
                .anyMatch(sync ->
                        SYNCS.contains(sync.name())
                                && sync.result() == 0
                                && sync.file().equals(write.file())
                                && sync.begun() > write.ended()
                                && sync.ended() < before);
    }
}
