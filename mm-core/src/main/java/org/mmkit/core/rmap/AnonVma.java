package org.mmkit.core.rmap;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.lock.RwSemaphore;
import org.mmkit.api.memory.FolioOwner;
import org.mmkit.core.space.VmArea;

/**
 * A root of the reverse mapping of anonymous folios (Linux: struct anon_vma): the areas in which folios that belong to it can be
 * mapped. A child's area gets its own one for its new folios and is linked to all of its parent's for the old ones.
 */
public final class AnonVma implements FolioOwner {

    private final List<VmArea> areas = new ArrayList<>(1);
    private final AnonVma root;
    private final @Nullable AnonVma parent;
    /** One lock for the whole family. */
    private final RwSemaphore lock;
    /** Areas whose {@code anonVma} is this one. */
    private int activeAreas;
    /** Roots of child areas that were made below this one; one more on the topmost, as in Linux. */
    private int children;

    AnonVma(RwSemaphore lock) {
        this.lock = lock;
        root = this;
        parent = null;
        children = 1;
    }

    AnonVma(AnonVma parent) {
        this.root = parent.root;
        this.lock = root.lock;
        this.parent = parent;
        parent.children++;
    }

    /** The topmost one of the family. */
    public AnonVma root() {
        return root;
    }

    /** The lock of the lists of areas of the whole family. */
    public RwSemaphore lock() {
        return lock;
    }

    /** Areas linked here; under {@link #lock}. */
    public List<VmArea> areas() {
        return areas;
    }

    /** Whether a child's area may take this one over instead of making its own: nobody else uses it for new folios. */
    boolean isReusable() {
        return children < 2 && activeAreas == 0;
    }

    void activate() {
        activeAreas++;
    }

    void deactivate() {
        activeAreas--;
    }

    void link(VmArea area) {
        areas.add(area);
    }

    void unlink(VmArea area) {
        // The area added last is the likeliest to go first.
        for (int i = areas.size() - 1; i >= 0; i--) {
            if (areas.get(i) == area) {
                areas.remove(i);
                break;
            }
        }
        if (areas.isEmpty() && parent != null) {
            parent.children--;
        }
    }
}
