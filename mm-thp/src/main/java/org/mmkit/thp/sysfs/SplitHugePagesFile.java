package org.mmkit.thp.sysfs;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mmkit.api.Errno;
import org.mmkit.api.file.WriteOnlyFile;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmFlags;
import org.mmkit.thp.Thp;
import org.mmkit.thp.split.FolioSplitter;

/**
 * {@code /sys/kernel/debug/split_huge_pages}: {@code 1} splits every huge page of the machine, {@code pid,0xstart,0xend[,order]}
 * those that a process maps in a range (Linux: mm/huge_memory.c, split_huge_pages_write; the range since 5.13, the order since
 * 6.9). The form with a file's path is not there.
 */
final class SplitHugePagesFile implements WriteOnlyFile {

    private static final Pattern RANGE = Pattern.compile("(\\d{1,9}),0x([0-9a-fA-F]{1,16}),0x([0-9a-fA-F]{1,16})(?:,(\\d{1,2}))?");

    private final Thp thp;
    private final FolioSplitter splitter;

    SplitHugePagesFile(Thp thp, FolioSplitter splitter) {
        this.thp = thp;
        this.splitter = splitter;
    }

    @Override
    public int write(String text) {
        if (text.strip().equals("1")) {
            splitAll();
            return 0;
        }
        Matcher range = RANGE.matcher(text.strip());
        if (!range.matches() || !thp.profile.splitsHugePagesOfProcess()) {
            return -Errno.EINVAL;
        }
        AddressSpace space = thp.context.spaceOf(Integer.parseInt(range.group(1)));
        if (space == null) {
            return -Errno.ESRCH;
        }
        int order = range.group(4) == null ? 0 : Integer.parseInt(range.group(4));
        long start = Long.parseUnsignedLong(range.group(2), 16) & -thp.pageSize;
        long end = Long.parseUnsignedLong(range.group(3), 16) & -thp.pageSize;
        splitRange(space, start, end, order);
        return 0;
    }

    private void splitAll() {
        long total = 0;
        long split = 0;
        long head = thp.memory.nextLargeFolio(0);
        while (head != Frames.NONE) {
            long next = head + thp.frames.pages(head);
            if (thp.frames.refcount(head) > 0
                    && !thp.frames.test(head, FolioFlags.HUGETLB)
                    && thp.frames.test(head, FolioFlags.LRU)) {
                total++;
                split += split(head, 0) ? 1 : 0;
            }
            head = thp.memory.nextLargeFolio(next);
        }
        thp.context.log(split + " of " + total + " THP split");
    }

    private void splitRange(AddressSpace space, long start, long end, int order) {
        long total = 0;
        long split = 0;
        for (long va = start; Long.compareUnsigned(va, end) < 0; va += thp.pageSize) {
            Vma vma = space.find(va);
            if (vma == null) {
                break;
            }
            if (vma.has(VmFlags.HUGETLB) || (vma.flags() & (VmFlags.IO | VmFlags.PFNMAP)) != 0) {
                va = vma.end();
                continue;
            }
            long head = folio(space, va);
            if (head == Frames.NONE || order >= thp.frames.order(head)) {
                continue;
            }
            total++;
            if (thp.expectedReferences(head) != thp.frames.refcount(head)) {
                thp.context.splitRefused(head);
            } else if (split(head, order)) {
                split++;
            }
        }
        thp.context.log(split + " of " + total + " THP split");
    }

    /** The head of the large folio mapped at {@code va}, or {@link Frames#NONE}. */
    private long folio(AddressSpace space, long va) {
        PageTables tables = space.tables();
        for (int level = 1; level <= Thp.LEVEL; level++) {
            long slot = tables.find(va, level);
            if (slot == PageTables.NO_SLOT) {
                continue;
            }
            long entry = tables.read(slot);
            if (!thp.format.isPresent(entry) || !thp.format.isLeaf(entry, level) || thp.format.isSpecial(entry)) {
                return Frames.NONE;
            }
            long head = thp.frames.head(thp.format.pfn(entry, level));
            return thp.frames.isLarge(head) && !thp.frames.test(head, FolioFlags.HUGE_ZERO) ? head : Frames.NONE;
        }
        return Frames.NONE;
    }

    private boolean split(long head, int order) {
        thp.frames.get(head, 1);
        boolean done = splitter.split(head, order) == 0;
        // The reference stays on the first of the new folios.
        thp.frames.put(head, 1);
        return done;
    }
}
