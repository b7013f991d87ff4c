package io.headrace.cluster.member;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import java.util.UUID;

/**
 * What a node says of itself to the others.
 *
 * @param name what operators call it
 * @param journalId of the journal it writes now; empty before it has one
 * @param addresses where it serves what, for people
 */
public record Announcement(
        UUID node,
        String name,
        State state,
        String journalId,
        String release,
        Map<String, String> addresses) {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    public Announcement {
        addresses = Map.copyOf(addresses);
    }

    /** Whether a node owns shards. */
    public enum State {
        /** Not yet: its store is still being opened. */
        STARTING,
        /** It should own its share. */
        READY,
        /** No longer: it gives away what it has. */
        DRAINING
    }

    String json() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an announcement cannot be written", e);
        }
    }

    /** Reads one; throws {@link IllegalArgumentException} if it is none. */
    static Announcement parse(String json) {
        try {
            return JSON.readValue(json, Announcement.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no announcement: " + e.getOriginalMessage(), e);
        }
    }
}
