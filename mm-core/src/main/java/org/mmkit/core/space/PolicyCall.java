package org.mmkit.core.space;

import java.util.function.ToLongFunction;
import org.mmkit.api.Errno;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.MemoryPolicy;
import org.mmkit.api.memory.Nodes;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.task.Capability;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.observe.PageTableWalk;

/** mbind(2), and what it has in common with set_mempolicy(2) (mm/mempolicy.c). Not thread-safe. */
public final class PolicyCall {

    /** Whether pages that lie elsewhere already are an error (MPOL_MF_STRICT). */
    public static final int STRICT = 1;
    /** Whether they move (MPOL_MF_MOVE), or even if other processes map them (MPOL_MF_MOVE_ALL). */
    public static final int MOVE = 2;

    public static final int MOVE_ALL = 4;

    private final Engine engine;
    private final UserAddressSpace space;

    PolicyCall(Engine engine, UserAddressSpace space) {
        this.engine = engine;
        this.space = space;
    }

    /**
     * Gives {@code then} the policy that {@code mode} and the set {@code nodes} say on {@code machine} (mpol_new, mpol_set_nodemask).
     *
     * @return what it returns, or -EINVAL when they say none
     */
    public static long of(Nodes machine, int mode, long nodes, ToLongFunction<MemoryPolicy> then) {
        MemoryPolicy.Mode[] modes = MemoryPolicy.Mode.values();
        if (mode < 0 || mode >= modes.length) {
            return -Errno.EINVAL;
        }
        MemoryPolicy.Mode kind = modes[mode];
        if (kind == MemoryPolicy.Mode.PREFERRED && nodes == 0) {
            kind = MemoryPolicy.Mode.LOCAL;
        }
        boolean none = kind == MemoryPolicy.Mode.DEFAULT || kind == MemoryPolicy.Mode.LOCAL;
        long known = nodes & machine.all();
        if (none ? nodes != 0 : known == 0) {
            return -Errno.EINVAL;
        }
        known = kind == MemoryPolicy.Mode.PREFERRED ? Long.lowestOneBit(known) : known;
        return then.applyAsLong(kind == MemoryPolicy.Mode.DEFAULT ? MemoryPolicy.NONE : new MemoryPolicy(kind, known));
    }

    /** mbind: 0 or a negated error number. */
    long mbind(long addr, long length, int mode, long nodes, int flags) {
        long mask = engine.pageSize - 1;
        if ((flags & ~(STRICT | MOVE | MOVE_ALL)) != 0) {
            return -Errno.EINVAL;
        }
        if ((flags & MOVE_ALL) != 0 && !engine.caller().isCapable(Capability.CAP_SYS_NICE)) {
            return -Errno.EPERM;
        }
        if ((addr & mask) != 0) {
            return -Errno.EINVAL;
        }
        long end = addr + (length + mask & ~mask);
        if (Long.compareUnsigned(end, addr) < 0) {
            return -Errno.EINVAL;
        }
        return of(engine.memory.nodes(), mode, nodes, policy -> end == addr ? 0 : bind(addr, end, policy, flags));
    }

    /** See {@link UserAddressSpace#nodeOf} (do_pages_stat_array). */
    int nodeOf(long va) {
        if (space.find(va) == null) {
            return -Errno.EFAULT;
        }
        for (int level = 1; level <= engine.layout.levels(); level++) {
            long slot = space.tables().find(va, level);
            if (slot == PageTables.NO_SLOT) {
                continue;
            }
            long entry = space.tables().read(slot);
            if (!engine.format.isPresent(entry)) {
                return -Errno.ENOENT;
            }
            long pfn = engine.format.pfn(entry, level);
            return pfn == engine.zeroPfn ? -Errno.EFAULT : engine.memory.nodes().of(pfn);
        }
        return -Errno.ENOENT;
    }

    private long bind(long start, long end, MemoryPolicy policy, int flags) {
        if (!isMapped(start, end)) {
            return -Errno.EFAULT;
        }
        boolean strict = (flags & STRICT) != 0 && policy.mode() != MemoryPolicy.Mode.DEFAULT;
        boolean moves = (flags & (MOVE | MOVE_ALL)) != 0;
        if (strict && !moves && isMisplaced(start, end, policy)) {
            return -Errno.EIO;
        }
        for (VmArea area = space.findOrNext(start); area != null && Long.compareUnsigned(area.start, end) < 0; ) {
            long from = Long.compareUnsigned(area.start, start) > 0 ? area.start : start;
            long to = Long.compareUnsigned(area.end, end) < 0 ? area.end : end;
            if (!area.policy().equals(policy)) {
                VmArea changed = space.merger().modify(area, from, to, area.flags, policy);
                if (changed == null) {
                    return space.merger().refusal(from, to);
                }
                changed.setPolicy(policy);
            }
            area = space.findOrNext(to);
        }
        if (!moves || policy.mode() == MemoryPolicy.Mode.DEFAULT) {
            return 0;
        }
        long failed = new MoveCalls(engine, space).follow(start, end, policy, (flags & MOVE_ALL) != 0);
        return failed != 0 && strict ? -Errno.EIO : 0;
    }

    /** Whether a page of the range lies on a node that {@code policy} does not name (queue_folio_required). */
    private boolean isMisplaced(long start, long end, MemoryPolicy policy) {
        long right = policy.mode() == MemoryPolicy.Mode.LOCAL ? 1L << engine.memory.nodes().current() : policy.nodes();
        boolean[] found = new boolean[1];
        PageTableWalk.walk(space.tables(), start, end, (va, entry, level) -> {
            if (engine.format.isPresent(entry)) {
                long pfn = engine.format.pfn(entry, level);
                found[0] |= (right >>> engine.memory.nodes().of(pfn) & 1) == 0 && !engine.frames.test(pfn, FolioFlags.RESERVED)
                        && pfn != engine.zeroPfn;
            }
        });
        return found[0];
    }

    private boolean isMapped(long start, long end) {
        long at = start;
        while (Long.compareUnsigned(at, end) < 0) {
            VmArea area = space.find(at);
            if (area == null) {
                return false;
            }
            at = area.end;
        }
        return true;
    }
}
