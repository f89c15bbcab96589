package org.mmkit.thp.collapse;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.feature.SpaceListener;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.api.space.Vma;
import org.mmkit.thp.Eligibility.Asker;
import org.mmkit.thp.Thp;

/**
 * The address spaces that khugepaged looks through, in the order in which they registered, and how far it is. A space registers
 * once, when an area of it could hold huge pages for the first time, and stays until its end whatever the knobs say.
 */
public final class ScanList implements SpaceListener {

    private final Thp thp;
    private final long registered;
    private final List<AddressSpace> spaces = new ArrayList<>();
    private Runnable whenNoLongerEmpty = () -> {};
    private @Nullable AddressSpace current;
    private long address;

    /** Made once per machine. */
    public ScanList(Thp thp) {
        this.thp = thp;
        this.registered = thp.context.spaceFlag(false);
    }

    /** Sets what is done when the first space registers while none was. */
    void setWhenNoLongerEmpty(Runnable action) {
        whenNoLongerEmpty = action;
    }

    /** Registers the space of {@code vma} if the area, with {@code vmFlags}, is one for khugepaged (Linux: khugepaged_enter_vma). */
    public void enter(Vma vma, long vmFlags) {
        AddressSpace space = vma.space();
        if (!space.testFlag(registered)
                && thp.isPmdOrderOn()
                && thp.eligibility.allowable(vma, vmFlags, Asker.KHUGEPAGED, 1 << thp.order) != 0) {
            add(space);
        }
    }

    private synchronized void add(AddressSpace space) {
        if (space.isDead()) {
            return;
        }
        if (space.testFlag(registered) && spaces.contains(space)) {
            return; // another fault was faster
        }
        space.setFlag(registered);
        boolean first = spaces.isEmpty();
        spaces.add(space);
        if (first) {
            whenNoLongerEmpty.run();
        }
    }

    @Override
    public void mapped(Vma vma) {
        enter(vma, vma.flags());
    }

    @Override
    public void forked(AddressSpace parent, AddressSpace child) {
        if (parent.testFlag(registered)) {
            add(child);
        }
    }

    @Override
    public synchronized void exiting(AddressSpace space) {
        if (space != current) {
            spaces.remove(space);
        }
    }

    synchronized boolean isEmpty() {
        return spaces.isEmpty();
    }

    /** The space being looked through; the first one, from its beginning, when a pass begins. Not for an empty list. */
    synchronized AddressSpace current() {
        AddressSpace space = current;
        if (space == null) {
            space = spaces.get(0);
            current = space;
            address = 0;
        }
        return space;
    }

    /** Whether a pass is under way. */
    synchronized boolean isInPass() {
        return current != null;
    }

    /** Where the scan goes on in {@link #current}. */
    long address() {
        return address;
    }

    void setAddress(long address) {
        this.address = address;
    }

    /**
     * The current space is done.
     *
     * @return whether that was the last one, so that the pass is complete
     */
    synchronized boolean advance() {
        AddressSpace done = current();
        int at = spaces.indexOf(done);
        boolean last = at == spaces.size() - 1;
        current = last ? null : spaces.get(at + 1);
        address = 0;
        if (done.isDead()) {
            spaces.remove(done);
        }
        return last;
    }

    /** Gives up the pass under way: khugepaged stops. */
    synchronized void stop() {
        AddressSpace space = current;
        current = null;
        if (space != null && space.isDead()) {
            spaces.remove(space);
        }
    }
}
