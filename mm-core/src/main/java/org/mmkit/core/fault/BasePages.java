package org.mmkit.core.fault;

import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.space.VmArea;

/** The frames that first touches of single base pages get: one that the policy has set aside for the address, or else any. */
final class BasePages {

    private final Engine engine;

    BasePages(Engine engine) {
        this.engine = engine;
    }

    /** A frame for the page at {@code va}, its content not cleared; {@link Frames#NONE} when memory is out. */
    long take(VmArea area, long va) {
        long reserved = engine.extensions.anonFolioPolicy().reservedFrame(area, va);
        return reserved != Frames.NONE ? reserved : engine.memory.allocateFolio(0, Gfp.HIGHUSER_MOVABLE);
    }

    /** Counts the mapping of a frame of {@link #take}; its entry is the caller's to write, before or after. */
    void add(long pfn, VmArea area, long va) {
        if (engine.frames.isLarge(pfn)) {
            engine.rmap.addReserved(pfn, area, va);
        } else {
            engine.rmap.addNewSingle(pfn, area, va);
        }
    }

    /** The entry is written: the fault is done but for what the policy makes of it. */
    void mapped(long pfn, VmArea area, long va) {
        engine.extensions.anonFolioPolicy().mapped(area, va, pfn);
    }
}
