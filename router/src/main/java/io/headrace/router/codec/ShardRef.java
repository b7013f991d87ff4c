package io.headrace.router.codec;

/**
 * What an answer says of a shard: its number and when it was made, which its sequence numbers begin
 * with.
 */
public record ShardRef(int number, long createdSeconds) {
    String shardId() {
        return "shardId-%012d".formatted(number);
    }
}
