package org.mmkit.api.task;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.space.AddressSpace;

/**
 * Who makes the call that runs now (Linux: current): a process, or the kernel itself, which may do everything and has no memory. What is asked
 * here is true for the length of the call. Calls that ask run alone, so this needs no lock.
 */
public interface Caller {

    /** The kernel: no address space, root, all capabilities, no limits. */
    Caller KERNEL = new Caller() {
        @Override
        public @Nullable AddressSpace space() {
            return null;
        }

        @Override
        public int uid() {
            return 0;
        }

        @Override
        public int gid() {
            return 0;
        }

        @Override
        public boolean isInGroup(int group) {
            return true;
        }

        @Override
        public boolean isCapable(int capability) {
            return true;
        }

        @Override
        public long lockLimit() {
            return Long.MAX_VALUE;
        }

        @Override
        public Optional<Runnable> lockShared(long bytes) {
            return Optional.of(() -> {});
        }
    };

    /** Its memory; null for the kernel. */
    @Nullable AddressSpace space();

    /** User number; one number stands for real, effective and saved. */
    int uid();

    /** Group number. */
    int gid();

    /** Whether {@code group} is its group or one of its supplementary groups (in_group_p). */
    boolean isInGroup(int group);

    /** Whether it has {@code capability}, a number of {@link Capability}. */
    boolean isCapable(int capability);

    /** Bytes that it may lock (RLIMIT_MEMLOCK, the soft limit); Long.MAX_VALUE for no limit. */
    long lockLimit();

    /**
     * Counts {@code bytes} of memory that outlives processes as locked by its user (user_shm_lock).
     *
     * @return what takes the count back; empty when that is beyond the limit, without CAP_IPC_LOCK
     */
    Optional<Runnable> lockShared(long bytes);
}
