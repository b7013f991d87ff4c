/**
 * Durability: an append-only sequence of entries, each with blocks of several shards. {@link
 * io.headrace.store.journal.Journal} is the port; {@link io.headrace.store.journal.FileJournals}
 * keeps journals in files of fixed size on one node, over the {@link
 * io.headrace.store.journal.JournalDisk} seam.
 */
@NullMarked
package io.headrace.store.journal;

import org.jspecify.annotations.NullMarked;
