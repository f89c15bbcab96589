package org.mmkit.thp.fault;

import org.mmkit.api.feature.Shrinker;
import org.mmkit.api.feature.SpaceListener;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.thp.Thp;

/**
 * The huge page of zeroes that read faults share. It is allocated when first needed; each address space that used it holds it until its end,
 * and when none is left the shrinker may free it (Linux: mm_get_huge_zero_folio).
 */
public final class HugeZeroPage implements Shrinker, SpaceListener {

    private final Thp thp;
    private final long heldBySpace;
    private long head = Frames.NONE;
    private int holders;

    /** Made once per machine. */
    public HugeZeroPage(Thp thp) {
        this.thp = thp;
        this.heldBySpace = thp.context.spaceFlag(false);
    }

    /** The page, held by {@code space} from now on; {@link Frames#NONE} when there is no memory for it. */
    synchronized long get(AddressSpace space) {
        if (space.testFlag(heldBySpace)) {
            return head;
        }
        if (head == Frames.NONE && !allocate()) {
            return Frames.NONE;
        }
        holders++;
        space.setFlag(heldBySpace);
        return head;
    }

    private boolean allocate() {
        head = thp.memory.allocateFolio(thp.order, (Gfp.TRANSHUGE | Gfp.ZERO) & ~Gfp.MOVABLE);
        thp.stats.zeroPageAlloc(head != Frames.NONE);
        if (head == Frames.NONE) {
            return false;
        }
        thp.contents.clear(head, thp.pages);
        thp.frames.set(head, FolioFlags.HUGE_ZERO | FolioFlags.UPTODATE);
        return true;
    }

    @Override
    public synchronized void exiting(AddressSpace space) {
        if (space.testFlag(heldBySpace)) {
            space.clearFlag(heldBySpace);
            holders--;
        }
    }

    @Override
    public String name() {
        return "thp-zero";
    }

    @Override
    public long count() {
        return head != Frames.NONE && holders == 0 ? thp.pages : 0;
    }

    @Override
    public long scan(long objects) {
        if (head == Frames.NONE || holders > 0) {
            return 0;
        }
        thp.frames.clear(head, FolioFlags.HUGE_ZERO);
        thp.frames.put(head, 1);
        head = Frames.NONE;
        return thp.pages;
    }
}
