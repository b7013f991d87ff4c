package io.headrace.client.clickstream;

import java.time.Instant;

/**
 * One thing a visitor did.
 *
 * @param user whose click it is: the partition key that keeps a user's clicks in order
 * @param json the event as it goes into a record
 */
public record Click(
        Instant at, String user, String session, String type, String page, String json) {}
