package io.headrace.acceptance.errors;

/** An operation and an error that it may answer with, by their names on the wire. */
record Pair(String operation, String error) implements Comparable<Pair> {
    @Override
    public int compareTo(Pair other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return operation + " " + error;
    }
}
