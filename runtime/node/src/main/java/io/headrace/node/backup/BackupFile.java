package io.headrace.node.backup;

/**
 * One file of a backup.
 *
 * @param name below the data directory, with slashes
 * @param sha256 of its content, in hex
 */
record BackupFile(String name, long bytes, String sha256) {}
