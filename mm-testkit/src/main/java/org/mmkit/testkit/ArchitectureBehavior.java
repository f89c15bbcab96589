package org.mmkit.testkit;

/** What a backend may lack. Each is expected unless a contract says otherwise, and then its absence is tested. */
public enum ArchitectureBehavior {
    /** Leaves above level 1. Without: the layout allows none. */
    HUGE_LEAVES,
    /** Entries that remember a frame without any permission. Without: {@code leaf} with no permission is refused. */
    PROT_NONE_LEAVES,
    /** Swap entries. Without: {@code swap} is refused. */
    SWAP_ENTRIES,
    /** Migration entries. Without: {@code migration} is refused. */
    MIGRATION_ENTRIES,
    /** Marker entries. Without: {@code marker} is refused. */
    MARKER_ENTRIES,
    /** A bit for pages without mapping counts. Without: {@code makeSpecial} is refused. */
    SPECIAL_BIT
}
