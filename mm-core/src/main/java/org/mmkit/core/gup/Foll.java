package org.mmkit.core.gup;

/** What get_user_pages and follow_page are asked for (include/linux/mm_types.h; FOLL_SPLIT: 4.12's include/linux/mm.h). The bits are ours. */
public final class Foll {

    /** Writable: copy-on-write is broken first. */
    public static final int WRITE = 1;
    /** Also where the area's present permissions forbid it, if the area could get them: a debugger's access. */
    public static final int FORCE = 1 << 1;
    /** Split a huge page before its pages are returned; only kernels before 5.4 know it. */
    public static final int SPLIT = 1 << 2;
    /** Split the huge mapping, but not the page, before its pages are returned; since 5.4. */
    public static final int SPLIT_PMD = 1 << 3;
    /** A pin: the pages stay, and stay the same after fork; before 5.6 no more than a reference. */
    public static final int PIN = 1 << 4;
    /** The pin lasts: pages leave ZONE_MOVABLE first. */
    public static final int LONGTERM = 1 << 5;

    /** First without the lock of the address space, as pin_user_pages_fast does: what is there is only marked referenced. */
    public static final int FAST = 1 << 6;

    private Foll() {}
}
