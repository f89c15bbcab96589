package org.mmkit.testkit;

/** What a plugin's jar may lack. Each is expected unless a contract says otherwise, and then its absence is tested. */
public enum PackagingBehavior {
    /** A module descriptor. Without: the jar is for the class path only. */
    MODULE,
    /** Only the API is needed at run time. Without: the descriptor requires something else. */
    API_ONLY
}
