package org.mmkit.core.reclaim;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.boot.Engine;

/**
 * Asks page tables whether a folio was used, and makes them forget it (Linux: folio_referenced). Areas that are read in one go, or here
 * and there, do not count as users. Not thread-safe: who reclaims has one of its own, and locks the folio first.
 */
final class FolioReferences {

    private static final long NO_RECENCY = VmFlags.SEQ_READ | VmFlags.RAND_READ;

    private final Engine engine;
    private final EntryFormat format;
    private final Frames frames;
    private int areas;
    private boolean young;
    private boolean locked;
    private boolean executable;

    FolioReferences(Engine engine) {
        this.engine = engine;
        this.format = engine.format;
        this.frames = engine.frames;
    }

    /** Areas through which the folio {@code head} was used since this was last asked. */
    int count(long head) {
        areas = 0;
        locked = false;
        executable = false;
        if (frames.isMapped(head)) {
            engine.rmap.walk(head, (vma, va) -> visit(vma, va, head));
        }
        return areas;
    }

    /** Whether a locked area maps the folio last asked for: it is mlocked now, if it is small, and must not go. */
    boolean isLocked() {
        return locked;
    }

    /** Whether one of the areas that used it is executable. */
    boolean isExecutable() {
        return executable;
    }

    private boolean visit(Vma vma, long va, long head) {
        if ((vma.flags() & NO_RECENCY) != 0) {
            return true;
        }
        young = false;
        boolean mapped = look(vma, va, head);
        if (mapped && vma.has(VmFlags.LOCKED)) {
            if (!frames.isLarge(head) && engine.calls.isAlone()) {
                engine.frames.batches().mlock(head);
            }
            locked = true;
            return false;
        }
        if (young) {
            areas++;
            executable |= vma.has(VmFlags.EXEC);
        }
        return true;
    }

    /** Whether the area maps a page of the folio. */
    private boolean look(Vma vma, long va, long head) {
        PageTables tables = vma.space().tables();
        long pages = frames.pages(head);
        boolean mapped = false;
        for (long i = 0; i < pages; ) {
            long at = va + (i << engine.pageShift);
            long step = 1;
            if (Long.compareUnsigned(at, vma.start()) >= 0 && Long.compareUnsigned(at, vma.end()) < 0) {
                for (int level = 1; level <= engine.layout.highestLeafLevel(); level++) {
                    long slot = tables.findLocked(at, level);
                    if (slot != PageTables.NO_SLOT) {
                        mapped |= forget(vma, tables, slot, level, head, pages);
                        tables.unlock(slot);
                        step = 1L << engine.layout.order(level);
                        break;
                    }
                }
            }
            i += step;
        }
        return mapped;
    }

    private boolean forget(Vma vma, PageTables tables, long slot, int level, long head, long pages) {
        long entry = tables.read(slot);
        if (!format.isPresent(entry)
                || !format.isLeaf(entry, level)
                || format.pfn(entry, level) < head
                || format.pfn(entry, level) >= head + pages
                || format.isSpecial(entry)) {
            return false;
        }
        if (format.isYoung(entry) && !vma.has(VmFlags.LOCKED)) {
            tables.write(slot, format.makeOld(entry));
            young = true;
        }
        return true;
    }

    /** What reclaim makes of what was found (Linux: enum folio_references). */
    enum Verdict {
        /** Not used. */
        RECLAIM,
        /** Used by a system call once: to be reclaimed if that costs no write. */
        RECLAIM_CLEAN,
        /** Used once: another trip round the inactive list. */
        KEEP,
        /** In use. */
        ACTIVATE
    }

    /** Judges the isolated, inactive folio {@code head} (Linux: folio_check_references). */
    Verdict judge(long head) {
        int used = count(head);
        boolean referenced = frames.test(head, FolioFlags.REFERENCED);
        frames.clear(head, FolioFlags.REFERENCED);
        if (locked) {
            return Verdict.ACTIVATE;
        }
        boolean file = !frames.test(head, FolioFlags.SWAPBACKED);
        if (used > 0) {
            // A mapped folio was used by the fault that made it: only the second use counts.
            frames.set(head, FolioFlags.REFERENCED);
            return referenced || used > 1 || executable && file ? Verdict.ACTIVATE : Verdict.KEEP;
        }
        return referenced && file ? Verdict.RECLAIM_CLEAN : Verdict.RECLAIM;
    }
}
