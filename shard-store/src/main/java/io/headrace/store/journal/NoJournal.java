package io.headrace.store.journal;

import io.headrace.store.record.Block;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;

/**
 * Stands where a journal will be once there is room for one: a node whose disk is full at its start
 * serves what it has. It takes nothing, so nothing is ever in it.
 */
public final class NoJournal implements Journal {
    @Override
    public String id() {
        return "none";
    }

    @Override
    public long nextEntry() {
        return 0;
    }

    @Override
    public long durableBefore() {
        return 0;
    }

    @Override
    public int entryBytesMax() {
        return 0;
    }

    @Override
    public long append(List<Block> blocks) throws IOException {
        throw absent();
    }

    @Override
    public long sync() throws IOException {
        throw absent();
    }

    @Override
    public boolean mark() {
        return false;
    }

    @Override
    public void prepare() {}

    @Override
    public long seal() {
        return 0;
    }

    @Override
    public ByteBuffer read(long position, int length) throws IOException {
        throw absent();
    }

    @Override
    public String describe(long position) {
        return "no journal";
    }

    @Override
    public void release(long position) {}

    @Override
    public OptionalLong oldestEnd() {
        return OptionalLong.empty();
    }

    @Override
    public long trim() {
        return 0;
    }

    private static IOException absent() {
        return new IOException("there was no room for a journal yet");
    }
}
