package org.mmkit.core.reclaim;

import java.util.Arrays;
import java.util.List;
import org.mmkit.api.feature.Shrinker;
import org.mmkit.core.boot.Engine;

/**
 * Asks the shrinkers of a machine for their share (Linux: shrink_slab, do_shrink_slab). What a shrinker was too small to be asked for at
 * once is added up for later. Not thread-safe.
 */
public final class SlabShrink {

    private final List<Shrinker> shrinkers;
    private final Engine engine;
    private final int slabsScanned;
    private long[] deferred = new long[8];

    /** Registers the counter. */
    public SlabShrink(Engine engine) {
        this.engine = engine;
        this.shrinkers = engine.extensions.shrinkers();
        this.slabsScanned = engine.counters.register("slabs_scanned");
    }

    /**
     * Asks each shrinker for a share that grows as {@code priority} falls from 12 to 0.
     *
     * @return what they say they freed
     */
    public long shrink(int priority) {
        long freed = 0;
        for (int i = 0; i < shrinkers.size(); i++) {
            freed += shrink(i, shrinkers.get(i), priority);
        }
        return freed;
    }

    private long shrink(int number, Shrinker shrinker, int priority) {
        long freeable = shrinker.count();
        if (freeable <= 0) {
            return 0;
        }
        if (number >= deferred.length) {
            deferred = Arrays.copyOf(deferred, 2 * number);
        }
        long before = deferred[number];
        deferred[number] = 0;
        long delta = shrinker.seeks() == 0 ? freeable / 2 : (freeable >> priority) * 4 / shrinker.seeks();
        long todo = Math.min((before >> priority) + delta, 2 * freeable);
        long batch = shrinker.batch();
        long scanned = 0;
        long freed = 0;
        while (todo >= batch || todo >= freeable) {
            long objects = Math.min(batch, todo);
            long got = shrinker.scan(objects);
            if (got == Shrinker.STOP) {
                break;
            }
            freed += got;
            engine.counters.add(slabsScanned, objects);
            todo -= objects;
            scanned += objects;
        }
        deferred[number] = Math.min(Math.max(before + delta - scanned, 0), 2 * freeable);
        return freed;
    }

    /** Asks until there is hardly anything to be had (/proc/sys/vm/drop_caches, Linux: drop_slab). */
    public void dropAll() {
        int shift = 0;
        long freed;
        do {
            freed = shrink(0);
        } while (freed >> Math.min(shift++, 62) > 1);
    }
}
