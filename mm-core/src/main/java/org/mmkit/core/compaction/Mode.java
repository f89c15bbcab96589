package org.mmkit.core.compaction;

/** How long compaction or a migration may wait for a page (enum migrate_mode). */
public enum Mode {
    /** Never. */
    ASYNC,
    /** For locks, not for writeback. */
    SYNC_LIGHT,
    /** For everything. */
    SYNC
}
