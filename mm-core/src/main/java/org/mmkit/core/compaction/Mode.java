package org.mmkit.core.compaction;

/** How long compaction may wait for a page (enum migrate_mode). */
enum Mode {
    /** Never. */
    ASYNC,
    /** For locks, not for writeback. */
    SYNC_LIGHT,
    /** For everything. */
    SYNC
}
