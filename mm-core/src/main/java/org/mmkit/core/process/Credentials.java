package org.mmkit.core.process;

import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.task.Caller;
import org.mmkit.api.task.Capability;
import org.mmkit.core.boot.Engine;

/**
 * What a process may do: user, groups, capabilities, RLIMIT_MEMLOCK. The first process is root's with all capabilities; fork copies, exec keeps
 * (no file of the model has capabilities or is set-uid). One user number stands for the real, effective and saved ones. Results of calls
 * below 0 are negated error numbers. Not thread-safe: as the other calls of one process.
 */
public final class Credentials implements Caller {

    /** No limit (RLIM_INFINITY). */
    public static final long UNLIMITED = -1;

    private final Engine engine;
    private final Supplier<? extends AddressSpace> space;
    private int uid;
    private int gid;
    private Set<Integer> groups = Set.of();
    private long capabilities = Capability.ALL;
    private long softLock;
    private long hardLock;

    Credentials(Engine engine, Supplier<? extends AddressSpace> space) {
        this.engine = engine;
        this.space = space;
        this.softLock = engine.profile.defaultLockLimit();
        this.hardLock = softLock;
    }

    void inherit(Credentials parent) {
        uid = parent.uid;
        gid = parent.gid;
        groups = parent.groups;
        capabilities = parent.capabilities;
        softLock = parent.softLock;
        hardLock = parent.hardLock;
    }

    @Override
    public @Nullable AddressSpace space() {
        return space.get();
    }

    @Override
    public int uid() {
        return uid;
    }

    @Override
    public int gid() {
        return gid;
    }

    /** Supplementary groups. */
    public Set<Integer> groups() {
        return groups;
    }

    @Override
    public boolean isInGroup(int group) {
        return gid == group || groups.contains(group);
    }

    @Override
    public boolean isCapable(int capability) {
        return (capabilities >>> capability & 1) != 0;
    }

    /** Effective capabilities, bit n for number n. */
    public long capabilities() {
        return capabilities;
    }

    @Override
    public long lockLimit() {
        return softLock == UNLIMITED ? Long.MAX_VALUE : softLock;
    }

    /** The hard limit of RLIMIT_MEMLOCK in bytes, {@link #UNLIMITED} for none. */
    public long hardLockLimit() {
        return hardLock;
    }

    @Override
    public Optional<Runnable> lockShared(long bytes) {
        return engine.sharedLocks().lock(this, bytes + engine.pageSize - 1 >>> engine.pageShift, engine.pageShift);
    }

    /** setuid(2): EPERM for another user without CAP_SETUID. Who was root and no longer is loses all capabilities. */
    public int setuid(int user) {
        if (user < 0) {
            return -Errno.EINVAL;
        }
        if (!isCapable(Capability.CAP_SETUID)) {
            return user == uid ? 0 : -Errno.EPERM;
        }
        if (uid == 0 && user != 0) {
            capabilities = 0;
        }
        uid = user;
        return 0;
    }

    /** setgid(2): EPERM for another group without CAP_SETGID. */
    public int setgid(int group) {
        if (group < 0) {
            return -Errno.EINVAL;
        }
        if (!isCapable(Capability.CAP_SETGID)) {
            return group == gid ? 0 : -Errno.EPERM;
        }
        gid = group;
        return 0;
    }

    /** setgroups(2): EPERM without CAP_SETGID. */
    public int setgroups(Set<Integer> supplementary) {
        if (!isCapable(Capability.CAP_SETGID)) {
            return -Errno.EPERM;
        }
        groups = Set.copyOf(supplementary);
        return 0;
    }

    /** capset(2) of the effective and permitted sets at once: EPERM for one that it does not have. */
    public int capset(long wanted) {
        if ((wanted & ~capabilities) != 0) {
            return -Errno.EPERM;
        }
        capabilities = wanted;
        return 0;
    }

    /** setrlimit(2) of RLIMIT_MEMLOCK in bytes: EINVAL for a soft limit above the hard one, EPERM for a higher hard one without CAP_SYS_RESOURCE. */
    public int limitLocked(long soft, long hard) {
        if (Long.compareUnsigned(soft, hard) > 0) {
            return -Errno.EINVAL;
        }
        if (Long.compareUnsigned(hard, hardLock) > 0 && !isCapable(Capability.CAP_SYS_RESOURCE)) {
            return -Errno.EPERM;
        }
        softLock = soft;
        hardLock = hard;
        return 0;
    }
}
