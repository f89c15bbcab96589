package org.mmkit.core.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.file.FileMapping;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.gup.UserPages;
import org.mmkit.core.memory.FrameTable;
import org.mmkit.core.observe.PageExplanation;
import org.mmkit.core.observe.PageExplanation.Holder;
import org.mmkit.core.observe.PageExplanation.Kind;
import org.mmkit.core.space.VmArea;

/** Explains the references of a page: mappings by the reverse mapping, caches, and the callers of get_user_pages. Not thread-safe. */
public final class PageLedger {

    private final Engine engine;
    private final FrameTable frames;
    private final EntryFormat format;
    private final IntFunction<String> processOf;
    private final Consumer<String> log;
    private @Nullable PageExplanation lastRefusal;

    /** {@code processOf} names the process of an address space; refusals go to the kernel's {@code log}. */
    public PageLedger(Engine engine, IntFunction<String> processOf, Consumer<String> log) {
        this.log = log;
        this.engine = engine;
        this.frames = engine.frames;
        this.format = engine.format;
        this.processOf = processOf;
    }

    /** A split of the folio {@code head} was refused because of somebody's reference; without {@code page_owner=on} nothing is kept. */
    public void refused(long head) {
        if (engine.pageOwner() != null) {
            PageExplanation refusal = explain(head);
            lastRefusal = refusal;
            String holders = refusal.obstacles().stream().map(Holder::who).collect(Collectors.joining("; "));
            log.accept("page_owner: pfn 0x" + Long.toHexString(head) + " is not split, it is held by "
                    + (holders.isEmpty() ? "the kernel itself" : holders));
        }
    }

    /** All folios that user memory or files have, one block of lines each (Linux: /sys/kernel/debug/page_owner). */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (long pfn = 0; pfn < frames.spanned(); pfn++) {
            if (!engine.frames.isTouched(pfn)) {
                pfn |= (1L << engine.memory.sectionOrder()) - 1;
                continue;
            }
            if (frames.head(pfn) == pfn && frames.refcount(pfn) > 0 && frames.hasOwner(pfn)) {
                text.append(explain(pfn)).append(System.lineSeparator());
            }
        }
        return text.toString();
    }

    /** Who held the folio whose split was refused last, at that time; null if there was none or nothing is recorded. */
    public @Nullable PageExplanation lastRefusal() {
        return lastRefusal;
    }

    /** All that is known of the frame {@code pfn}. */
    public PageExplanation explain(long pfn) {
        long head = frames.head(pfn);
        boolean anon = frames.test(head, FolioFlags.ANON);
        boolean hugetlb = frames.test(head, FolioFlags.HUGETLB);
        List<Holder> holders = new ArrayList<>();
        if (frames.hasOwner(head) && frames.isMapped(head)) {
            mappings(head, holders);
        }
        if (!anon && frames.hasOwner(head) && frames.owner(head) instanceof FileMapping file) {
            int cached = hugetlb ? 1 : (int) frames.pages(head);
            holders.add(new Holder(Kind.PAGE_CACHE, cached, "page cache of " + file.name() + ", page " + frames.index(head)));
        }
        if (frames.test(head, FolioFlags.SWAPCACHE)) {
            holders.add(new Holder(Kind.SWAP_CACHE, (int) frames.pages(head), "swap cache"));
        }
        for (UserPages held : engine.heldPages().all()) {
            int n = held.references(head);
            if (n > 0) {
                holders.add(new Holder(held.isPinned() ? Kind.PIN : Kind.REFERENCE, n, String.format(Locale.ROOT, "%s of %s, from 0x%x on",
                        held.isLongTerm() ? "long-term pin" : held.isPinned() ? "pin" : "get_user_pages", processOf.apply(held.spaceId()), held.start())));
            }
        }
        int batched = engine.frames.batches().references(head);
        if (batched > 0) {
            holders.add(new Holder(Kind.REFERENCE, batched, "batch of folios to be freed lazily"));
        }
        int explained = holders.stream().mapToInt(Holder::references).sum();
        boolean doubleMap = frames.test(head, FolioFlags.DOUBLE_MAP);
        int entire = frames.entireMapcount(head);
        int subpage = frames.pageMapcount(pfn);
        if (engine.profile.hasDoubleMap() && frames.isLarge(head) && !hugetlb) {
            // The parts of an anonymous page count one too many while it is marked; those of a file page count whole mappings too.
            subpage += anon ? doubleMap ? 1 : 0 : entire;
        }
        PageOwner owner = engine.pageOwner();
        List<String> events = owner == null ? List.of() : owner.allocation(head).map(List::of).orElse(List.of());
        return new PageExplanation(pfn, head, frames.order(head), what(head, anon, hugetlb), frames.refcount(head), frames.mapcount(pfn),
                subpage, entire, doubleMap, holders, frames.refcount(head) - explained, events);
    }

    private String what(long head, boolean anon, boolean hugetlb) {
        if (frames.test(head, FolioFlags.HUGE_ZERO)) {
            return "the huge zero page";
        }
        if (head == engine.zeroPfn) {
            return "the zero page";
        }
        if (frames.test(head, FolioFlags.TABLE)) {
            return "a page table";
        }
        if (frames.refcount(head) == 0) {
            return frames.test(head, FolioFlags.RESERVED) ? "reserved" : hugetlb ? "free in a HugeTLB pool" : "free";
        }
        if (engine.badFrames.contains(head)) {
            return "out of use for good";
        }
        if (!frames.hasOwner(head)) {
            return "the kernel's";
        }
        return (hugetlb ? "HugeTLB, " : "") + (anon ? "anonymous" : frames.test(head, FolioFlags.SWAPBACKED) ? "shared memory" : "file");
    }

    private void mappings(long head, List<Holder> holders) {
        long pages = frames.pages(head);
        engine.rmap.walk(head, (vma, va) -> {
            VmArea area = (VmArea) vma;
            PageTables tables = area.space().tables();
            long at = Math.max(va, area.start());
            long end = Math.min(va + (pages << engine.pageShift), area.end());
            while (at < end) {
                at = mapping(area, tables, at, head, holders);
            }
            return true;
        });
    }

    /** Adds the entry at {@code va} if it maps a page of the folio; returns the address behind it. */
    private long mapping(VmArea area, PageTables tables, long va, long head, List<Holder> holders) {
        for (int level = 1; level <= engine.layout.highestLeafLevel(); level++) {
            long slot = tables.find(va, level);
            if (slot == PageTables.NO_SLOT) {
                continue;
            }
            long entry = tables.read(slot);
            if (level > 1 && !format.isLeaf(entry, level)) {
                break;
            }
            long size = engine.layout.size(level);
            if (format.isPresent(entry) && !format.isSpecial(entry)) {
                long pfn = format.pfn(entry, level) + ((va & size - 1) >>> engine.pageShift);
                if (frames.head(pfn) == head) {
                    holders.add(holder(area, va & -size, entry, level, pfn));
                }
            }
            return (va & -size) + size;
        }
        return va + engine.pageSize;
    }

    private Holder holder(VmArea area, long va, long entry, int level, long pfn) {
        PageOwner owner = engine.pageOwner();
        int id = area.space().id();
        String event = owner == null ? "" : owner.mapping(pfn, id).map(e -> ", " + e).orElse("");
        return new Holder(Kind.MAPPING, 1, String.format(Locale.ROOT, "%s at 0x%x of %s%s%s%s", level == 1 ? "entry" : "huge entry", va,
                processOf.apply(id), format.isWritable(entry) ? ", writable" : "", format.isDirty(entry) ? ", dirty" : "", event));
    }
}
