package io.headrace.acceptance.crash;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What producers were promised and what readers have seen of one stream, over any number of
 * crashes; {@link #check} holds what is there now against it. Any thread may note, one checks.
 */
final class History {
    /** A record's place: its shard and sequence number. */
    record Place(String shardId, String sequenceNumber) {}

    /** One record as a reader got it. */
    record Seen(String sequenceNumber, String data) {}

    private final Map<Place, String> acknowledged = new LinkedHashMap<>();
    private final Map<Place, String> read = new HashMap<>();
    private final List<String> complaints = new ArrayList<>();
    private boolean refusalsExpected;

    /** A producer got this answer for these bytes. */
    synchronized void acknowledge(String shardId, String sequenceNumber, String data) {
        var before = acknowledged.putIfAbsent(new Place(shardId, sequenceNumber), data);
        if (before != null) {
            // The first stays, so that it is also missed if the other is what is stored.
            complaints.add(
                    "%s/%s was acknowledged for '%s' and for '%s'"
                            .formatted(shardId, sequenceNumber, before, data));
        }
    }

    /** A reader was given this record. */
    synchronized void read(String shardId, String sequenceNumber, String data) {
        var before = read.putIfAbsent(new Place(shardId, sequenceNumber), data);
        if (before != null && !before.equals(data)) {
            complaints.add(
                    "%s/%s was read as '%s' and as '%s'"
                            .formatted(shardId, sequenceNumber, before, data));
        }
    }

    /** A client was refused: a node has no reason for that until it is struck. */
    synchronized void refused(String refusal) {
        if (!refusalsExpected) {
            complaints.add(refusal);
        }
    }

    /** Something went wrong that nothing explains. */
    synchronized void complain(String complaint) {
        complaints.add(complaint);
    }

    synchronized void expectRefusals() {
        refusalsExpected = true;
    }

    synchronized void expectNoRefusals() {
        refusalsExpected = false;
    }

    synchronized int acknowledged() {
        return acknowledged.size();
    }

    synchronized int read() {
        return read.size();
    }

    /**
     * Everything that is wrong with what is there now, or nothing.
     *
     * @param shards each shard's records in the order they are read, from the oldest
     */
    synchronized List<String> check(Map<String, List<Seen>> shards) {
        var problems = new ArrayList<>(complaints);
        var present = new HashMap<Place, String>();
        shards.forEach((shardId, records) -> {
            BigInteger last = BigInteger.ONE.negate();
            var lastOfProducer = new HashMap<String, Long>();
            for (var record : records) {
                var number = new BigInteger(record.sequenceNumber());
                if (number.compareTo(last) <= 0) {
                    problems.add(shardId + ": " + number + " comes after " + last);
                }
                last = number;
                var place = new Place(shardId, record.sequenceNumber());
                if (present.put(place, record.data()) != null) {
                    problems.add(place + " is there twice");
                }
                checkOrder(shardId, record, lastOfProducer, problems);
            }
        });
        missing("acknowledged", acknowledged, present, problems);
        missing("read before", read, present, problems);
        return problems;
    }

    /**
     * Everything that is wrong with the order of keys across shards that succeed each other: of
     * producers that use one key each, what is in a child came after all in its parents.
     *
     * @param parents of each shard that has any
     * @param isOfOneKey which producers those are
     */
    synchronized List<String> checkSuccession(
            Map<String, List<Seen>> shards,
            Map<String, List<String>> parents,
            Predicate<String> isOfOneKey) {
        var problems = new ArrayList<String>();
        parents.forEach((child, before) -> {
            var firsts = new HashMap<String, Long>();
            for (var record : shards.getOrDefault(child, List.of())) {
                var load = Load.parse(record.data());
                firsts.merge(load.producer(), load.number(), Math::min);
            }
            for (var parent : before) {
                for (var record : shards.getOrDefault(parent, List.of())) {
                    var load = Load.parse(record.data());
                    var first = firsts.get(load.producer());
                    if (isOfOneKey.test(load.producer())
                            && first != null
                            && first < load.number()) {
                        problems.add(
                                "%s has producer %s's %d, and its parent %s the later %d"
                                        .formatted(
                                                child,
                                                load.producer(),
                                                first,
                                                parent,
                                                load.number()));
                    }
                }
            }
        });
        return problems;
    }

    // A producer sends its next record after the answer to the one before, so its numbers rise in
    // every shard; an attempt without an answer may be there or not, but not out of turn.
    private static void checkOrder(
            String shardId, Seen record, Map<String, Long> lastOfProducer, List<String> problems) {
        var load = Load.parse(record.data());
        var before = lastOfProducer.put(load.producer(), load.number());
        if (before != null && load.number() <= before) {
            problems.add(
                    "%s: producer %s's %d comes after its %d"
                            .formatted(shardId, load.producer(), load.number(), before));
        }
    }

    private static void missing(
            String what, Map<Place, String> promised, Map<Place, String> present, List<String> to) {
        promised.forEach((place, data) -> {
            var found = present.get(place);
            if (found == null) {
                to.add(place + " was " + what + " and is gone: " + data);
            } else if (!found.equals(data)) {
                to.add(place + " was " + what + " as '" + data + "' and is '" + found + "'");
            }
        });
    }
}
