package org.mmkit.core.gup;

import org.mmkit.api.ErrnoException;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.space.UserAddressSpace;

/**
 * Long-term pins on the pages of a range, for reading and writing by a device (Linux: pin_user_pages with FOLL_LONGTERM|FOLL_WRITE, as
 * an io_uring fixed buffer takes them).
 *
 * <p>Each page counts as one pin and one reference of its folio. A folio is accounted whole to VmPin, once.
 */
public final class PinnedPages {

    private final UserAddressSpace space;
    private final UserPages held;
    private long accounted;

    private PinnedPages(UserAddressSpace space, UserPages held) {
        this.space = space;
        this.held = held;
        for (long head : held.heads()) {
            accounted += space.engine().frames.pages(head);
        }
        space.addPinned(accounted);
    }

    /**
     * Pins the pages of [{@code start}, {@code start + length}), faulting them in for writing.
     *
     * @throws ErrnoException EFAULT for a page that is not there or may not be written, ENOMEM
     */
    public static PinnedPages pin(UserAddressSpace space, long start, long length) throws ErrnoException {
        Engine engine = space.engine();
        long first = start & -engine.pageSize;
        int n = Math.toIntExact(start + length + engine.pageSize - 1 - first >>> engine.pageShift);
        return new PinnedPages(space, UserPages.get(space, start, n, Foll.WRITE | Foll.PIN | Foll.LONGTERM | Foll.FAST));
    }

    /** Drops the pins; a second call does nothing. */
    public void release() {
        held.release();
        long given = 0;
        synchronized (this) {
            given = accounted;
            accounted = 0;
        }
        space.addPinned(-given);
    }

    /** How many pages are pinned. */
    public int pages() {
        return held.pages();
    }
}
