package io.headrace.store.stream;

/** Names a stream within a region: the owning account (twelve digits) and the stream's name. */
public record StreamName(String accountId, String name) implements Comparable<StreamName> {
    static final String ROOT = "meta/streams/";

    public StreamName {
        if (!isPlain(accountId) || !isPlain(name)) {
            throw new IllegalArgumentException("not a stream's name: " + accountId + " / " + name);
        }
    }

    /** Prefix of the stream's versioned object; marked, because {@code ..} is a legal name. */
    String prefix() {
        return ROOT + accountId + "/n=" + name + "/";
    }

    /** The stream whose versioned object this is an object of. */
    static StreamName ofObject(String object) {
        var parts = object.substring(ROOT.length()).split("/", -1);
        if (parts.length != 3 || !parts[1].startsWith("n=")) {
            throw new IllegalArgumentException("not an object of a stream: " + object);
        }
        return new StreamName(parts[0], parts[1].substring(2));
    }

    /** As error messages name it: {@code Stream x under account 000000000000}. */
    public String described() {
        return "Stream " + name + " under account " + accountId;
    }

    @Override
    public int compareTo(StreamName other) {
        int byAccount = accountId.compareTo(other.accountId);
        return byAccount != 0 ? byAccount : name.compareTo(other.name);
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            boolean digit = c >= '0' && c <= '9';
            if (!letter && !digit && c != '_' && c != '.' && c != '-') {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
