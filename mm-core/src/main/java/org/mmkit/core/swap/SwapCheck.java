package org.mmkit.core.swap;

import org.mmkit.api.InvariantViolation;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.core.memory.FrameTable;

/**
 * Checks that each slot in use has somebody who uses it: as many entries as it counts, found in page tables and by those who keep entries
 * elsewhere, or a folio in the swap cache that knows of it. Made for one check, while nothing else happens in the machine.
 */
public final class SwapCheck {

    private final SwapSpace swap;
    private final FrameTable frames;
    private final int[][] found;

    SwapCheck(SwapSpace swap, FrameTable frames) {
        this.swap = swap;
        this.frames = frames;
        found = new int[swap.types()][];
        for (int type = 0; type < found.length; type++) {
            found[type] = swap.exists(type) ? new int[(int) swap.slots(type)] : new int[0];
        }
    }

    /** One entry refers to the slot. */
    public void add(int type, long offset) {
        if (type >= found.length || offset <= 0 || offset >= found[type].length) {
            throw new InvariantViolation("an entry refers to slot " + offset + " of swap device " + type + ", which does not exist");
        }
        found[type][(int) offset]++;
    }

    /** Throws {@link InvariantViolation} for the first slot that is wrong; all entries have been added. */
    public void check() {
        for (int type = 0; type < found.length; type++) {
            if (swap.exists(type)) {
                checkDevice(type, swap.device(type));
            }
        }
    }

    private void checkDevice(int type, SwapDevice device) {
        int used = 0;
        for (int slot = 1; slot < found[type].length; slot++) {
            boolean cached = device.cached(slot) >= 0;
            if (device.count(slot) != found[type][slot]) {
                throw wrong(type, slot, "counts " + device.count(slot) + " entries, but there are " + found[type][slot]);
            }
            if (device.isUsed(slot) != (cached || device.count(slot) > 0)) {
                throw wrong(type, slot, device.isUsed(slot) ? "in use, but nobody's" : "free, but somebody uses it");
            }
            used += device.isUsed(slot) ? 1 : 0;
            if (cached) {
                checkCached(type, slot, device);
            }
        }
        if (used != device.inUse()) {
            throw new InvariantViolation("swap device " + type + " counts " + device.inUse() + " slots in use, but there are " + used);
        }
    }

    private void checkCached(int type, int slot, SwapDevice device) {
        long head = device.cached(slot);
        long word = frames.privateWord(head);
        long first = SwapSpace.offset(word);
        if (frames.head(head) != head
                || !frames.test(head, FolioFlags.SWAPCACHE)
                || SwapSpace.type(word) != type
                || slot < first
                || slot >= first + frames.pages(head)) {
            throw wrong(type, slot, "frame 0x" + Long.toHexString(head) + " is cached for it, but does not know of it");
        }
        if (slot == first && !frames.isMapped(head) && swap.isUnused(head)) {
            throw wrong(type, slot, "kept by frame 0x" + Long.toHexString(head) + " in the swap cache alone, which nobody can come upon any more");
        }
    }

    private static InvariantViolation wrong(int type, int slot, String what) {
        return new InvariantViolation("slot " + slot + " of swap device " + type + ": " + what);
    }
}
