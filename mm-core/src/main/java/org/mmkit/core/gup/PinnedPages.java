package org.mmkit.core.gup;

import java.util.Arrays;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.pgtable.PageTables;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.space.UserAddressSpace;
import org.mmkit.core.space.VmArea;

/**
 * Long-term pins on the pages of a range, for reading and writing by a device (Linux: pin_user_pages with FOLL_LONGTERM|FOLL_WRITE, as
 * an io_uring fixed buffer takes them).
 *
 * <p>Each page counts as one pin and one reference of its folio. A folio is accounted whole to VmPin, once.
 */
public final class PinnedPages {

    private final UserAddressSpace space;
    private final Engine engine;
    private final long[] pfns;
    private final long accounted;
    private boolean released;

    private PinnedPages(UserAddressSpace space, long[] pfns, long accounted) {
        this.space = space;
        this.engine = space.engine();
        this.pfns = pfns;
        this.accounted = accounted;
    }

    /**
     * Pins the pages of [{@code start}, {@code start + length}), faulting them in for writing.
     *
     * @throws ErrnoException EFAULT for a page that is not there or may not be written, ENOMEM
     */
    public static PinnedPages pin(UserAddressSpace space, long start, long length) throws ErrnoException {
        Engine engine = space.engine();
        Frames frames = engine.frames;
        long first = start & -engine.pageSize;
        int n = Math.toIntExact(start + length + engine.pageSize - 1 - first >>> engine.pageShift);
        long[] pfns = new long[n];
        MovableZone zone = new MovableZone(engine);
        for (int i = 0; i < n; i++) {
            long pfn = page(space, first + ((long) i << engine.pageShift));
            while (pfn >= 0 && !zone.mayPin(pfn)) {
                pfn = zone.leave(pfn) ? page(space, first + ((long) i << engine.pageShift)) : -Errno.ENOMEM;
            }
            if (pfn < 0) {
                release(engine, pfns, i);
                throw new ErrnoException((int) -pfn);
            }
            long head = frames.head(pfn);
            frames.get(head, 1);
            frames.addPins(head, 1);
            pfns[i] = pfn;
        }
        long accounted = 0;
        long[] heads = Arrays.stream(pfns).map(frames::head).distinct().toArray();
        for (long head : heads) {
            accounted += frames.pages(head);
        }
        space.addPinned(accounted);
        return new PinnedPages(space, pfns, accounted);
    }

    /** The frame behind {@code va}, writable, or a negated error number. */
    private static long page(UserAddressSpace space, long va) {
        Engine engine = space.engine();
        while (true) {
            VmArea area = space.find(va);
            if (area == null || !area.has(VmFlags.WRITE)) {
                return -Errno.EFAULT;
            }
            long pfn = writable(space, va);
            if (pfn != Frames.NONE) {
                return pfn;
            }
            int outcome = engine.faults.handle(area, va, Fault.WRITE | Fault.REMOTE);
            if ((outcome & Fault.OOM) != 0) {
                return -Errno.ENOMEM;
            }
            if ((outcome & Fault.ERROR) != 0) {
                return -Errno.EFAULT;
            }
        }
    }

    private static long writable(UserAddressSpace space, long va) {
        Engine engine = space.engine();
        EntryFormat format = engine.format;
        PageTables tables = space.tables();
        for (int level = 1; level < engine.layout.levels(); level++) {
            long slot = tables.find(va, level);
            if (slot == PageTables.NO_SLOT) {
                continue;
            }
            long entry = tables.read(slot);
            if (!format.isPresent(entry)
                    || !format.isLeaf(entry, level)
                    || !format.isWritable(entry)
                    || format.isSpecial(entry)) {
                return Frames.NONE;
            }
            return format.pfn(entry, level) + ((va & engine.layout.size(level) - 1) >>> engine.pageShift);
        }
        return Frames.NONE;
    }

    /** Drops the pins; a second call does nothing. */
    public void release() {
        engine.calls.stop();
        try {
            if (!released) {
                released = true;
                release(engine, pfns, pfns.length);
                space.addPinned(-accounted);
            }
        } finally {
            engine.calls.resume();
        }
    }

    private static void release(Engine engine, long[] pfns, int n) {
        for (int i = 0; i < n; i++) {
            long head = engine.frames.head(pfns[i]);
            engine.frames.addPins(head, -1);
            engine.frames.put(head, 1);
        }
    }

    /** How many pages are pinned. */
    public int pages() {
        return released ? 0 : pfns.length;
    }
}
