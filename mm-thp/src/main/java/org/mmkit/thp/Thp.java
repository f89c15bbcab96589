package org.mmkit.thp;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.Protection;
import org.mmkit.api.feature.FaultResolver;
import org.mmkit.api.feature.FeatureContext;
import org.mmkit.api.feature.KernelProfile;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.FrameContents;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.PhysicalMemory;
import org.mmkit.api.space.ReverseMapping;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.space.Vma;
import org.mmkit.api.space.VmFlags;
import org.mmkit.thp.shmem.ShmemSizes;

/** The parts of the machine and the knobs that all of this feature works with. Made once per machine. */
public final class Thp {

    /** The page-table level whose leaves are huge pages. */
    public static final int LEVEL = 2;

    public final FeatureContext context;
    public final KernelProfile profile;
    public final PhysicalMemory memory;
    public final Frames frames;
    public final FrameContents contents;
    public final ReverseMapping rmap;
    public final EntryFormat format;
    public final FaultResolver faults;
    public final FolioStats stats;
    public final Settings settings;
    public final ShmemSizes shmem;
    public final Eligibility eligibility;
    public final int pageShift;
    public final long pageSize;
    /** Order of a huge page. */
    public final int order;
    /** Base pages of a huge page. */
    public final int pages;
    /** Bytes of a huge page. */
    public final long size;
    /** PR_SET_THP_DISABLE. */
    public final long disabled;
    /** PR_SET_THP_DISABLE with PR_THP_DISABLE_EXCEPT_ADVISED. */
    public final long disabledExceptAdvised;

    /** Takes the services of {@code context} and sets the knobs to their defaults. */
    public Thp(FeatureContext context) {
        this.context = context;
        this.profile = context.profile();
        this.memory = context.memory();
        this.frames = memory.frames();
        this.contents = memory.contents();
        this.rmap = context.reverseMapping();
        this.format = context.entryFormat();
        this.faults = context.faults();
        var layout = context.architecture().layout(context.configuration());
        this.pageShift = layout.pageShift();
        this.pageSize = 1L << pageShift;
        this.order = layout.order(LEVEL);
        this.pages = 1 << order;
        this.size = layout.size(LEVEL);
        this.stats = new FolioStats(context.counters(), order);
        this.settings = new Settings(context.configuration(), order);
        this.disabled = context.spaceFlag(true);
        this.disabledExceptAdvised = context.spaceFlag(true);
        boolean small = profile.hasSmallFolios();
        this.shmem = new ShmemSizes(settings, pageShift, order, small);
        this.eligibility =
                new Eligibility(settings, shmem, pageShift, order, small, disabled, disabledExceptAdvised);
        shmem.setOptOut((vma, forced) -> eligibility.isOptedOut(vma, vma.flags(), forced));
    }

    /** Whether huge pages of the PMD order are possible anywhere, which keeps khugepaged running (Linux: hugepage_pmd_enabled). */
    public boolean isPmdOrderOn() {
        return settings.isAnonOrderOn(order) || shmem.isPmdOrderOn();
    }

    /** Whether {@code entry} of level {@link #LEVEL} maps a huge page. */
    public boolean isLeaf(long entry) {
        return format.isPresent(entry) && format.isLeaf(entry, LEVEL);
    }

    /** The start of the huge page that {@code va} lies in. */
    public long block(long va) {
        return va & -size;
    }

    /**
     * The permissions of a fresh entry in {@code vma} (Linux: vma->vm_page_prot): entries of private memory start read-only, so that
     * each page's first write is seen.
     */
    public int entryProtection(Vma vma) {
        return vma.entryProtection();
    }

    /** {@code entry} with write permission if {@code vma} has it (Linux: maybe_pmd_mkwrite). */
    public long writableIfAllowed(long entry, Vma vma) {
        return vma.has(VmFlags.WRITE) ? format.makeWritable(entry) : entry;
    }

    /** What the pages of the page-cache folio {@code head} count as. */
    public RssKind fileKind(long head) {
        return frames.test(head, FolioFlags.SWAPBACKED) ? RssKind.SHMEM : RssKind.FILE;
    }

    /**
     * References to the folio {@code head} that mappings, the page cache and the swap cache explain (Linux:
     * folio_expected_ref_count); what is beyond belongs to somebody who holds the folio in place.
     */
    public int expectedReferences(long head) {
        int references = frames.largeMapcount(head);
        int pages = (int) frames.pages(head);
        if (frames.test(head, FolioFlags.ANON)) {
            return references + (frames.test(head, FolioFlags.SWAPCACHE) ? pages : 0);
        }
        return references + (frames.hasOwner(head) ? pages : 0);
    }
}
