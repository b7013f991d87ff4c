package io.headrace.store.shard;

import io.headrace.store.journal.Journal;
import io.headrace.store.journal.JournalDisk;
import io.headrace.store.journal.Journals;
import io.headrace.store.record.Block;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.OptionalLong;

/**
 * Breaks one rule of the log, from outside, at the seams it rests on: each must turn the simulation
 * red, or the simulation proves nothing.
 */
enum Mutation {
    /** All rules hold. */
    NONE,
    /** Rule 1 broken: "durable" is said before the sync. */
    ACKNOWLEDGES_BEFORE_THE_SYNC {
        @Override
        Journals of(Journals journals) {
            return new Wrapped(journals) {
                @Override
                Journal wrap(Journal journal) {
                    return new Delegate(journal) {
                        private long said;

                        @Override
                        public long sync() {
                            said = journal.nextEntry();
                            return said;
                        }
                    };
                }
            };
        }
    },
    /** Rule 3 broken: a failed sync is tried again as if nothing had happened. */
    RETRIES_A_FAILED_SYNC {
        @Override
        JournalDisk of(JournalDisk disk) {
            return new RetryingDisk(disk);
        }
    },
    /** Rule 4 broken: the journal gives entries back that are in no segment. */
    TRIMS_EARLY {
        @Override
        Journals of(Journals journals) {
            return new Wrapped(journals) {
                @Override
                Journal wrap(Journal journal) {
                    return new Delegate(journal) {
                        @Override
                        public long append(List<Block> blocks) throws IOException {
                            long position = journal.append(blocks);
                            long at = position;
                            for (var block : blocks) {
                                journal.release(at);
                                at += block.length();
                            }
                            return position;
                        }

                        @Override
                        public void release(long position) {}
                    };
                }
            };
        }
    },
    /** Rule 5 broken: recovery overlooks the newest block, so its indexes are given again. */
    REUSES_INDEXES {
        @Override
        Journals of(Journals journals) {
            return new Wrapped(journals) {
                @Override
                public List<SealedJournal> recover(BlockVisitor visitor) throws IOException {
                    var held = new HashMap<io.headrace.store.ShardKey, Runnable>();
                    return super.recover((journal, entry, position, block) -> {
                        // Its bytes are only lent.
                        var copy = ByteBuffer.allocate(block.length());
                        copy.put(block.content()).flip();
                        var next =
                                held.put(
                                        block.shard(),
                                        () ->
                                                visitor.block(
                                                        journal,
                                                        entry,
                                                        position,
                                                        Block.trusted(copy)));
                        if (next != null) {
                            next.run();
                        }
                    });
                }
            };
        }
    };

    Journals of(Journals journals) {
        return journals;
    }

    JournalDisk of(JournalDisk disk) {
        return disk;
    }

    private static class Wrapped implements Journals {
        private final Journals journals;

        Wrapped(Journals journals) {
            this.journals = journals;
        }

        Journal wrap(Journal journal) {
            return journal;
        }

        @Override
        public List<SealedJournal> recover(BlockVisitor visitor) throws IOException {
            return journals.recover(visitor);
        }

        @Override
        public Journal begin() throws IOException {
            return wrap(journals.begin());
        }

        @Override
        public long storedBytes() {
            return journals.storedBytes();
        }
    }

    private static class Delegate implements Journal {
        private final Journal journal;

        Delegate(Journal journal) {
            this.journal = journal;
        }

        @Override
        public String id() {
            return journal.id();
        }

        @Override
        public ByteBuffer read(long position, int length) throws IOException {
            return journal.read(position, length);
        }

        @Override
        public String describe(long position) {
            return journal.describe(position);
        }

        @Override
        public void release(long position) {
            journal.release(position);
        }

        @Override
        public OptionalLong oldestEnd() {
            return journal.oldestEnd();
        }

        @Override
        public long trim() throws IOException {
            return journal.trim();
        }

        @Override
        public long nextEntry() {
            return journal.nextEntry();
        }

        @Override
        public long durableBefore() {
            return journal.durableBefore();
        }

        @Override
        public int entryBytesMax() {
            return journal.entryBytesMax();
        }

        @Override
        public long append(List<Block> blocks) throws IOException {
            return journal.append(blocks);
        }

        @Override
        public long sync() throws IOException {
            return journal.sync();
        }

        @Override
        public boolean mark() throws IOException {
            return journal.mark();
        }

        @Override
        public void prepare() throws IOException {
            journal.prepare();
        }

        @Override
        public long seal() throws IOException {
            return journal.seal();
        }
    }

    private record RetryingDisk(JournalDisk disk) implements JournalDisk {
        @Override
        public List<String> list() throws IOException {
            return new ArrayList<>(disk.list());
        }

        @Override
        public JournalFile create(String name, int bytes) throws IOException {
            return new RetryingFile(disk.create(name, bytes));
        }

        @Override
        public JournalFile open(String name) throws IOException {
            return new RetryingFile(disk.open(name));
        }

        @Override
        public void rename(String from, String to) throws IOException {
            disk.rename(from, to);
        }

        @Override
        public void delete(String name) throws IOException {
            disk.delete(name);
        }
    }

    private record RetryingFile(JournalDisk.JournalFile file) implements JournalDisk.JournalFile {
        @Override
        public int size() throws IOException {
            return file.size();
        }

        @Override
        public void write(ByteBuffer source, long offset) throws IOException {
            file.write(source, offset);
        }

        @Override
        public void sync() throws IOException {
            try {
                file.sync();
            } catch (IOException e) {
                file.sync();
            }
        }

        @Override
        public void read(ByteBuffer target, long offset) throws IOException {
            file.read(target, offset);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
