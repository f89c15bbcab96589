package org.mmkit.testkit;

/** What a policy may lack. Each is expected unless a contract says otherwise, and then its absence is tested. */
public enum PolicyBehavior {
    /** The first touch of an empty block that may be huge makes it huge. Without: no fault does. */
    HUGE_AT_FAULT,
    /** A block of which every page was touched is huge, at once or some seconds later. Without: it stays small. */
    HUGE_WHEN_FULL
}
