package org.mmkit.testkit;

/** What a feature may lack. Each is expected unless a contract says otherwise, and then its absence is tested. */
public enum FeatureBehavior {
    /** Pseudo-files that are there only with the feature. Without: it adds none. */
    FILES,
    /** Lines of /proc/vmstat that are there only with the feature. Without: it adds none. */
    COUNTERS,
    /** Every writable file of the feature refuses words that mean nothing. Without: one of them takes any. */
    REFUSES_NONSENSE,
    /** Boot parameters that are known only with the feature. Without: it asks for none. */
    BOOT_PARAMETERS
}
