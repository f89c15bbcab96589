package org.mmkit.core.verify;

import org.mmkit.api.InvariantViolation;
import org.mmkit.api.file.FileMapping;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.lock.SmpLocks;
import org.mmkit.core.memory.FrameTable;
import org.mmkit.core.space.UserAddressSpace;
import org.mmkit.core.swap.SwapCheck;

/**
 * Checks a machine between two operations: free lists and frame metadata, then every address space, then for every frame that the
 * mappings found in page tables are those counted, and that each reference has somebody who holds it; of every swap slot, who uses it.
 *
 * <p>A folio's references are those of its mappings, of its page cache or swap cache (one for each of its pages), and of its
 * long-term pins.
 */
public final class InvariantChecker {

    private final Engine engine;
    private final FrameTable frames;
    private final MappingCounts counts;
    private long cachePages;
    private long shmemPages;

    /** A checker of {@code engine}. */
    public InvariantChecker(Engine engine) {
        this.engine = engine;
        this.frames = engine.frames;
        this.counts = new MappingCounts(frames.spanned(), engine.memory.sectionOrder());
    }

    /** Throws {@link InvariantViolation} for the first thing that is wrong. */
    public void check() {
        if (engine.locks instanceof SmpLocks locks && locks.checker() != null) {
            locks.checker().verify();
        }
        engine.memory.verify();
        engine.badFrames.check();
        engine.tables.verify();
        counts.clear();
        SwapCheck swap = engine.swapSpace().newCheck();
        for (UserAddressSpace space : engine.spaces()) {
            new SpaceCheck(engine, space, counts, swap).check();
        }
        swap.check();
        checkFrames();
        if (engine.kernelTables.hasMemmap()) {
            new KernelTablesCheck(engine).check();
        }
        engine.extensions.invariants().forEach(Runnable::run);
    }

    private void checkFrames() {
        long anonMapped = 0;
        long fileMapped = 0;
        cachePages = 0;
        shmemPages = 0;
        long section = 1L << engine.memory.sectionOrder();
        for (long base = 0; base < frames.spanned(); base += section) {
            if (!frames.isTouched(base) && !counts.isTouched(base)) {
                continue;
            }
            // inside a folio of several sections one frame speaks for all
            long end = frames.isInsideOneFolio(base) && !counts.isTouched(base) ? base + 1 : base + section;
            boolean mapped = counts.isTouched(base);
            for (long pfn = base; pfn < end; pfn++) {
                if (!mapped) {
                    // nothing maps the section: only frames of which something is recorded can be wrong
                    pfn = frames.nextUsed(pfn, end);
                    if (pfn == end) {
                        break;
                    }
                }
                checkMappings(pfn);
                long head = frames.head(pfn);
                if (frames.mapcount(pfn) > 0 && !frames.test(head, FolioFlags.HUGETLB)) {
                    if (frames.test(head, FolioFlags.ANON)) {
                        anonMapped++;
                    } else {
                        fileMapped++;
                    }
                }
                if (pfn == head && frames.refcount(head) > 0) {
                    checkReferences(head);
                }
            }
        }
        expect("nr_anon_pages", anonMapped);
        expect("nr_mapped", fileMapped);
        expect("nr_file_pages", cachePages);
        expect("nr_shmem", shmemPages);
    }

    private void checkMappings(long pfn) {
        if (counts.page(pfn) != frames.pageMapcount(pfn)) {
            throw wrong(pfn, counts.page(pfn) + " entries of level 1 map it, but its map count is " + frames.pageMapcount(pfn));
        }
        if (frames.isLarge(pfn) && pfn == frames.head(pfn) && counts.whole(pfn) != frames.entireMapcount(pfn)) {
            throw wrong(pfn, counts.whole(pfn) + " huge leaves map it, but its count of whole mappings is "
                    + frames.entireMapcount(pfn));
        }
        if (frames.test(pfn, FolioFlags.ANON_EXCLUSIVE) && frames.mapcount(pfn) > 1) {
            throw wrong(pfn, "exclusive to one mapping, but mapped " + frames.mapcount(pfn) + " times");
        }
    }

    private void checkReferences(long head) {
        boolean anon = frames.test(head, FolioFlags.ANON);
        if (frames.test(head, FolioFlags.HUGE_ZERO)) {
            return;
        }
        boolean hugetlb = frames.test(head, FolioFlags.HUGETLB);
        long cache = 0;
        if (anon || frames.test(head, FolioFlags.SWAPCACHE)) {
            // Read ahead from swap and not mapped yet, a page is not anonymous yet either.
            cache = frames.test(head, FolioFlags.SWAPCACHE) ? frames.pages(head) : 0;
            cachePages += cache;
        } else if (frames.hasOwner(head)) {
            cache = frames.pages(head);
            cachePages += hugetlb ? 0 : cache;
            if (!hugetlb && frames.owner(head) instanceof FileMapping file) {
                shmemPages += file.isShmem() ? cache : 0;
            }
            if (frames.owner(head) instanceof FileMapping file && file.find(frames.index(head)) != head) {
                throw wrong(head, "page " + frames.index(head) + " of " + file.name() + ", whose cache does not hold it there");
            }
        } else {
            return; // the kernel's own memory: page tables, the zero page, what a feature has taken
        }
        long mappings = frames.isLarge(head) ? frames.largeMapcount(head) : frames.pageMapcount(head);
        int held = engine.heldPages().references(head) + engine.frames.batches().references(head);
        long expected = mappings + cache + frames.pins(head) + held;
        if (frames.refcount(head) != expected) {
            throw wrong(head, frames.refcount(head) + " references, but " + mappings + " mappings, " + cache + " of a cache, "
                    + frames.pins(head) + " pins and " + held + " held otherwise");
        }
    }

    private void expect(String counter, long found) {
        if (engine.counters.get(counter) != found) {
            throw new InvariantViolation(
                    counter + " is " + engine.counters.get(counter) + ", but there are " + found + " such pages");
        }
    }

    private InvariantViolation wrong(long pfn, String what) {
        return new InvariantViolation("frame 0x" + Long.toHexString(pfn) + ": " + what + " (flags 0x"
                + Integer.toHexString(frames.flags(pfn)) + ", order " + frames.order(frames.head(pfn)) + ")");
    }
}
