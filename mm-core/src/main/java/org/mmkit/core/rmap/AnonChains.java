package org.mmkit.core.rmap;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.RwSemaphore;
import org.mmkit.core.space.VmArea;

/**
 * Links areas to the reverse-mapping roots they need (Linux: anon_vma_prepare, anon_vma_clone, anon_vma_fork, unlink_anon_vmas). What
 * is linked decides which areas may merge, so the rules are Linux's.
 */
public final class AnonChains {

    private AnonChains() {}

    /** A root that {@code area} may adopt. */
    public static AnonVma newRoot(VmArea area) {
        return new AnonVma(area.space().engine().locks.rwSemaphore(LockClass.ANON_VMA));
    }

    /** Makes {@code anonVma} the root for new folios of {@code area}, which has none; under the root's lock for writing. */
    public static void adopt(VmArea area, AnonVma anonVma) {
        area.setAnonVma(anonVma);
        anonVma.activate();
        link(area, anonVma);
    }

    /** Links {@code to} to every root of {@code from} and makes it use the same one for new folios: split, move and merge. */
    public static void cloneChain(VmArea to, VmArea from) {
        RwSemaphore lock = lockUnlessMine(from);
        try {
            List<AnonVma> chain = from.anonChain();
            for (int i = 0; i < chain.size(); i++) {
                link(to, chain.get(i));
            }
            AnonVma own = from.anonVma();
            if (own != null) {
                to.setAnonVma(own);
                own.activate();
            }
        } finally {
            lock.writeUnlock();
        }
    }

    /** Links the child's area {@code copy} to the roots of {@code source} and gives it one for its new folios. */
    public static void fork(VmArea copy, VmArea source) {
        RwSemaphore lock = lockOf(source);
        lock.writeLock();
        try {
            AnonVma parent = source.anonVma();
            if (parent == null) {
                return;
            }
            List<AnonVma> chain = source.anonChain();
            for (int i = chain.size() - 1; i >= 0; i--) {
                AnonVma anonVma = chain.get(i);
                link(copy, anonVma);
                if (copy.anonVma() == null && anonVma.isReusable()) {
                    copy.setAnonVma(anonVma);
                }
            }
            AnonVma reused = copy.anonVma();
            if (reused != null) {
                reused.activate();
                return;
            }
            adopt(copy, new AnonVma(parent));
        } finally {
            lock.writeUnlock();
        }
    }

    /** Takes {@code area} out of all its roots. */
    public static void unlinkAll(VmArea area) {
        RwSemaphore lock = lockUnlessMine(area);
        try {
            List<AnonVma> chain = area.anonChain();
            for (int i = chain.size() - 1; i >= 0; i--) {
                chain.get(i).unlink(area);
            }
            AnonVma own = area.anonVma();
            if (own != null) {
                own.deactivate();
            }
            area.clearAnon();
        } finally {
            lock.writeUnlock();
        }
    }

    /** All roots of an area are of one family, which has one lock. */
    public static RwSemaphore lockOf(@Nullable VmArea area) {
        AnonVma any = area == null ? null : area.anonVma();
        return any == null ? RwSemaphore.NONE : any.lock();
    }

    /** The lock of the roots of {@code area}, taken for writing; {@link RwSemaphore#NONE} when the caller has it already. */
    public static RwSemaphore lockUnlessMine(@Nullable VmArea area) {
        RwSemaphore lock = lockOf(area);
        if (lock.isMineForWriting()) {
            return RwSemaphore.NONE;
        }
        lock.writeLock();
        return lock;
    }

    private static void link(VmArea area, AnonVma anonVma) {
        area.anonChain().add(anonVma);
        anonVma.link(area);
    }
}
