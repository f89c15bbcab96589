package org.mmkit.core.process;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.mmkit.api.task.Caller;
import org.mmkit.api.task.Capability;

/** Locked memory that outlives processes, counted for each user (Linux: user_shm_lock and UCOUNT_RLIMIT_MEMLOCK). Not thread-safe. */
public final class SharedLocks {

    private final Map<Integer, Long> pages = new HashMap<>();

    /** Nobody has locked anything. */
    public SharedLocks() {}

    /** Counts {@code more} pages for the user of {@code caller}: what takes them back, or empty beyond its limit without CAP_IPC_LOCK. */
    Optional<Runnable> lock(Caller caller, long more, int pageShift) {
        int user = caller.uid();
        long now = of(user) + more;
        if (now > caller.lockLimit() >>> pageShift && !caller.isCapable(Capability.CAP_IPC_LOCK)) {
            return Optional.empty();
        }
        pages.put(user, now);
        return Optional.of(() -> pages.merge(user, -more, (a, b) -> a + b == 0 ? null : a + b));
    }

    /** Pages that {@code user} has locked. */
    public long of(int user) {
        return pages.getOrDefault(user, 0L);
    }
}
