package org.mmkit.core.observe;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.file.ShmemMapping;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmFlags;

/**
 * The sums of one area of /proc/PID/smaps, or of several (fs/proc/task_mmu.c, smap_gather_stats). All values in bytes.
 *
 * <p>Proportional shares are kept with 12 binary places and cut off, not rounded, per page, as the kernel does.
 */
public final class AreaStatistics {

    /** Binary places of the proportional sums (Linux: PSS_SHIFT). */
    private static final int PSS_SHIFT = 12;

    private final Frames frames;
    private final SwapUse swapUse;
    private long rss;
    private long pss;
    private long pssDirty;
    private long pssAnon;
    private long pssFile;
    private long pssShmem;
    private long pssLocked;
    private long sharedClean;
    private long sharedDirty;
    private long privateClean;
    private long privateDirty;
    private long referenced;
    private long anonymous;
    private long lazyFree;
    private long anonHuge;
    private long shmemPmdMapped;
    private long filePmdMapped;
    private long sharedHugetlb;
    private long privateHugetlb;
    private long swap;
    private long swapPss;

    /** Empty sums. */
    public AreaStatistics(Frames frames, SwapUse swapUse) {
        this.frames = frames;
        this.swapUse = swapUse;
    }

    /** Adds what {@code vma} has. */
    public void add(Vma vma) {
        EntryFormat format = vma.space().tables().format();
        boolean locked = (vma.flags() & VmFlags.LOCKED) != 0;
        boolean holesMayBeSwapped = false;
        if (vma.hasFile() && vma.file().isShmem()) {
            long swapped = swapUse.swappedBytes(vma);
            // a private writable area may have copies of its own of pages that the file has on swap
            holesMayBeSwapped = swapped != 0 && !vma.isShared() && (vma.flags() & VmFlags.WRITE) != 0
                    && vma.file() instanceof ShmemMapping;
            swap += holesMayBeSwapped ? 0 : swapped;
        }
        boolean lookUpHoles = holesMayBeSwapped;
        PageTableWalk.walk(vma.space().tables(), vma.start(), vma.end(), new EntryVisitor() {
            @Override
            public void entry(long va, long entry, int level) {
                if ((vma.flags() & VmFlags.HUGETLB) != 0) {
                    addHugetlb(format, entry, level, vma.space().tables().layout().size(level));
                } else {
                    addEntry(vma, format, entry, level, locked);
                }
            }

            @Override
            public void hole(long start, long end) {
                if (lookUpHoles) {
                    addSwappedHole(vma, start, end);
                }
            }
        });
    }

    private void addSwappedHole(Vma vma, long start, long end) {
        ShmemMapping file = (ShmemMapping) vma.file();
        long pageSize = vma.space().tables().layout().size(1);
        for (long va = start; va != end; va += pageSize) {
            swap += file.isSwapped(vma.index(va)) ? pageSize : 0;
        }
    }

    private void addHugetlb(EntryFormat format, long entry, int level, long bytes) {
        if (format.isPresent(entry)) {
            long head = frames.head(format.pfn(entry, level));
            if (frames.maybeMappedShared(head)) {
                sharedHugetlb += bytes;
            } else {
                privateHugetlb += bytes;
            }
        } else if (format.isMigration(entry)) {
            sharedHugetlb += bytes;
        }
    }

    private void addEntry(Vma vma, EntryFormat format, long entry, int level, boolean locked) {
        long bytes = vma.space().tables().layout().size(level);
        if (format.isPresent(entry)) {
            long pfn = format.pfn(entry, level);
            if (!isZeroPage(format, entry, pfn)) {
                addMemory(pfn, level, bytes, format.isYoung(entry), format.isDirty(entry), locked, true);
            }
        } else if (format.isMigration(entry)) {
            long pfn = format.migrationPfn(entry);
            addMemory(pfn, level, bytes, format.isMigrationYoung(entry), format.isMigrationDirty(entry), locked, false);
        } else if (format.isSwap(entry)) {
            swap += bytes;
            int users = swapUse.count(format.swapType(entry), format.swapOffset(entry));
            swapPss += (bytes << PSS_SHIFT) / Math.max(users, 1);
        }
    }

    /** The zero pages are no memory of anybody. */
    private boolean isZeroPage(EntryFormat format, long entry, long pfn) {
        return format.isSpecial(entry) || frames.test(frames.head(pfn), FolioFlags.HUGE_ZERO);
    }

    private void addMemory(long pfn, int level, long bytes, boolean young, boolean dirty, boolean locked, boolean present) {
        long head = frames.head(pfn);
        boolean anon = frames.test(head, FolioFlags.ANON);
        boolean swapBacked = frames.test(head, FolioFlags.SWAPBACKED);
        boolean folioDirty = dirty || frames.test(head, FolioFlags.DIRTY);
        if (level > 1) {
            if (anon) {
                anonHuge += bytes;
            } else if (swapBacked) {
                shmemPmdMapped += bytes;
            } else {
                filePmdMapped += bytes;
            }
        }
        if (anon) {
            anonymous += bytes;
            if (!swapBacked && !folioDirty) {
                lazyFree += bytes;
            }
        }
        rss += bytes;
        if (young || frames.test(head, FolioFlags.REFERENCED)) {
            referenced += bytes;
        }
        // one reference is one mapping; a page on its way has mappings that nobody can count now
        if (frames.refcount(head) == 1 || !present) {
            accumulate(anon, swapBacked, bytes, bytes << PSS_SHIFT, folioDirty, locked, true);
            return;
        }
        long pages = level == 1 ? 1 : frames.pages(head);
        long pageBytes = bytes / pages;
        for (long page = pfn; page < pfn + pages; page++) {
            int mapcount = frames.mapcount(page);
            long share = pageBytes << PSS_SHIFT;
            accumulate(anon, swapBacked, pageBytes, mapcount >= 2 ? share / mapcount : share, folioDirty, locked, mapcount < 2);
        }
    }

    private void accumulate(
            boolean anon, boolean swapBacked, long bytes, long share, boolean dirty, boolean locked, boolean exclusive) {
        pss += share;
        if (anon) {
            pssAnon += share;
        } else if (swapBacked) {
            pssShmem += share;
        } else {
            pssFile += share;
        }
        if (locked) {
            pssLocked += share;
        }
        if (dirty) {
            pssDirty += share;
            if (exclusive) {
                privateDirty += bytes;
            } else {
                sharedDirty += bytes;
            }
        } else if (exclusive) {
            privateClean += bytes;
        } else {
            sharedClean += bytes;
        }
    }

    /** Resident memory. */
    public long rss() {
        return rss;
    }

    /** Resident memory, each page divided by the number of its mappings. */
    public long pss() {
        return pss >>> PSS_SHIFT;
    }

    /** The dirty part of {@link #pss}. */
    public long pssDirty() {
        return pssDirty >>> PSS_SHIFT;
    }

    /** The anonymous part of {@link #pss}. */
    public long pssAnon() {
        return pssAnon >>> PSS_SHIFT;
    }

    /** The part of {@link #pss} that is page cache of files. */
    public long pssFile() {
        return pssFile >>> PSS_SHIFT;
    }

    /** The shared-memory part of {@link #pss}. */
    public long pssShmem() {
        return pssShmem >>> PSS_SHIFT;
    }

    /** The part of {@link #pss} that lies in locked areas. */
    public long locked() {
        return pssLocked >>> PSS_SHIFT;
    }

    /** Clean pages with several mappings. */
    public long sharedClean() {
        return sharedClean;
    }

    /** Dirty pages with several mappings. */
    public long sharedDirty() {
        return sharedDirty;
    }

    /** Clean pages with one mapping. */
    public long privateClean() {
        return privateClean;
    }

    /** Dirty pages with one mapping. */
    public long privateDirty() {
        return privateDirty;
    }

    /** Pages used since their accessed bits were last cleared. */
    public long referenced() {
        return referenced;
    }

    /** Anonymous pages. */
    public long anonymous() {
        return anonymous;
    }

    /** Anonymous pages given up by MADV_FREE and not written since. */
    public long lazyFree() {
        return lazyFree;
    }

    /** Anonymous memory mapped by huge leaves. */
    public long anonHugePages() {
        return anonHuge;
    }

    /** Shared memory mapped by huge leaves. */
    public long shmemPmdMapped() {
        return shmemPmdMapped;
    }

    /** Page cache of files mapped by huge leaves. */
    public long filePmdMapped() {
        return filePmdMapped;
    }

    /** HugeTLB memory with several mappings. */
    public long sharedHugetlb() {
        return sharedHugetlb;
    }

    /** HugeTLB memory with one mapping. */
    public long privateHugetlb() {
        return privateHugetlb;
    }

    /** Memory on swap. */
    public long swap() {
        return swap;
    }

    /** Memory on swap that page tables refer to, divided by the number of those that do. */
    public long swapPss() {
        return swapPss >>> PSS_SHIFT;
    }
}
