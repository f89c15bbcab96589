package org.mmkit.api.stat;

/**
 * Event counters and page counts of a machine, the lines of {@code /proc/vmstat}. Plain array slots, with {@code SMP=y} in stripes that any
 * thread may add to; registering is for boot, adding for the hot path.
 */
public interface Counters {

    /** The slot of {@code name}, made if there is none. {@code name} is Linux's, {@code thp_fault_alloc}. */
    int register(String name);

    /** Counters beside those of this table, numbered from 0: for statistics that are no lines of {@code /proc/vmstat}. */
    Counters separate(int count);

    /** Adds {@code delta}. */
    void add(int slot, long delta);

    /** The present value. */
    long get(int slot);

    /** The present value of {@code name}; throws {@link IllegalArgumentException} when there is no such counter. */
    long get(String name);
}
