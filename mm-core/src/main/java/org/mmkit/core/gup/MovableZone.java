package org.mmkit.core.gup;

import org.mmkit.api.memory.FrameAllocator;
import org.mmkit.api.memory.Gfp;
import org.mmkit.core.boot.Engine;
import org.mmkit.core.compaction.Mode;
import org.mmkit.core.compaction.PageMigrator;
import org.mmkit.core.memory.Zone;

/**
 * Memory that must stay movable may not be pinned for long: such pages first move to another zone (Linux:
 * check_and_migrate_movable_pages). Not thread-safe.
 */
final class MovableZone {

    /** The reason in tracepoints (MR_LONGTERM_PIN). */
    private static final int LONGTERM_PIN = 7;

    private final Engine engine;
    private final PageMigrator.Batch batch = new PageMigrator.Batch();

    MovableZone(Engine engine) {
        this.engine = engine;
    }

    /** Whether a long-term pin may keep {@code pfn} where it is. */
    boolean mayPin(long pfn) {
        return Zone.kind(engine.frames.lru().zone(pfn)) != Zone.MOVABLE;
    }

    /**
     * Moves the folio of {@code pfn} out of the zone.
     *
     * @return whether it moved; not when somebody else holds it, or no memory was to be had
     */
    boolean leave(long pfn) {
        long head = engine.frames.head(pfn);
        if (!engine.frames.lru().isolate(head)) {
            return false;
        }
        engine.frames.get(head, 1);
        batch.clear();
        batch.add(head);
        engine.migrator().migrate(batch, new PageMigrator.Targets() {
            @Override
            public long take(int order) {
                // GFP_USER, which no zone for movable pages serves; a huge one not at any price.
                int gfp = Gfp.KERNEL | Gfp.NOWARN | (order > 0 ? Gfp.COMP : 0);
                return engine.memory.allocator().allocate(order, gfp);
            }

            @Override
            public void giveBack(long to, int order) {
                engine.memory.allocator().free(to, order);
            }
        }, Mode.SYNC, LONGTERM_PIN);
        for (int i = 0; i < batch.size(); i++) {
            long left = batch.left(i);
            if (left != FrameAllocator.NONE) {
                engine.frames.batches().add(left);
                engine.frames.put(left, 1);
            }
        }
        return batch.failed == 0;
    }
}
