package org.mmkit.api.time;

/**
 * A kernel thread on virtual time (Linux: kthread_run). With {@code SMP=n} it is a task that becomes due on the machine's
 * clock; with {@code SMP=y} it is a thread that sleeps until then.
 */
public interface KernelThread {

    /** Never due. */
    long NEVER = Long.MAX_VALUE;

    /** Its name as {@code ps} shows it. */
    String name();

    /**
     * Does what is due.
     *
     * @param now nanoseconds since boot
     * @return when it wants to run again, or {@link #NEVER} until it is woken
     */
    long run(long now);

    /**
     * With {@code SMP=y}: whether {@link #run} keeps to the lock protocol by itself. If not, the machine is stopped for each run, so that
     * nothing else happens meanwhile. A run that {@linkplain org.mmkit.api.memory.PhysicalMemory#stall stalls} is followed at once by one with
     * the machine stopped.
     */
    default boolean runsBesideOthers() {
        return false;
    }

    /**
     * Whether what direct reclaim scans and frees while this thread allocates has lines of its own in {@code /proc/vmstat},
     * {@code pgscan_NAME} and {@code pgsteal_NAME} (Linux: reclaimer_offset); otherwise it counts as that of any task.
     */
    default boolean hasReclaimCounters() {
        return false;
    }
}
