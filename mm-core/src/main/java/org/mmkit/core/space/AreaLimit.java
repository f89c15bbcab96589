package org.mmkit.core.space;

/** How many areas an address space may have (vm.max_map_count). Not thread-safe. */
public final class AreaLimit {

    private static final int DEFAULT = 65530;

    private int most = DEFAULT;

    /** Linux's default; made once per machine. */
    public AreaLimit() {}

    /** The limit. Calls that would go beyond it fail with ENOMEM; most leave room for the areas that they cut on the way. */
    public int most() {
        return most;
    }

    /** Sets it; areas beyond it stay. */
    public void setMost(int areas) {
        most = areas;
    }
}
