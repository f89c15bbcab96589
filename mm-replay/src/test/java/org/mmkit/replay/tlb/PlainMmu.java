package org.mmkit.replay.tlb;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.pgtable.PageTables;

/**
 * The rules of translation written down as plainly as they are said: each set is a map in the order of use, each access asks every array,
 * each walk looks at every level. What {@link Mmu} counts is compared with this.
 */
final class PlainMmu {

    private record Key(int space, int level, long number) {}

    /** Sets of entries and whether each permits writing, the least recently used first. */
    private static final class Sets {

        private final int ways;
        private final List<LinkedHashMap<Key, Boolean>> sets = new ArrayList<>();

        Sets(int entries, int ways) {
            this.ways = ways;
            for (int i = 0; i < entries / ways; i++) {
                sets.add(new LinkedHashMap<>());
            }
        }

        private Map<Key, Boolean> of(Key key) {
            return sets.get((int) (key.number % sets.size()));
        }

        Optional<Boolean> use(Key key) {
            Boolean writable = of(key).remove(key);
            if (writable != null) {
                of(key).put(key, writable);
            }
            return Optional.ofNullable(writable);
        }

        void fill(Key key, boolean writable) {
            Map<Key, Boolean> set = of(key);
            set.remove(key);
            if (set.size() == ways) {
                set.remove(set.keySet().iterator().next());
            }
            set.put(key, writable);
        }

        void drop(Key key) {
            of(key).remove(key);
        }

        void dropSpace(int space) {
            sets.forEach(s -> s.keySet().removeIf(k -> k.space == space));
        }

        void dropAll() {
            sets.forEach(Map::clear);
        }
    }

    private final MmuGeometry geometry;
    private final List<Sets> arrays = new ArrayList<>();
    private final List<Sets> walkCaches = new ArrayList<>();
    private final List<Sets> hostCaches = new ArrayList<>();
    private final Optional<NestedPaging> host;
    private final PageTableLayout layout;
    private PageTables tables;
    private int space;

    private long accesses;
    private long firstMisses;
    private long walks;
    private long references;
    private long nested;
    private long skipped;
    private long invalidations;

    PlainMmu(MmuGeometry geometry, PageTables tables, Optional<NestedPaging> host) {
        this.geometry = geometry;
        this.tables = tables;
        this.host = host;
        layout = tables.layout();
        geometry.tlbs().forEach(t -> arrays.add(new Sets(t.entries(), t.ways())));
        geometry.walkCaches().forEach(n -> walkCaches.add(new Sets(n, n)));
        geometry.walkCaches().forEach(n -> hostCaches.add(new Sets(n, n)));
    }

    void switchTo(PageTables its, int number) {
        tables = its;
        space = number;
    }

    private Key key(long va, int level) {
        return new Key(space, level, va >>> layout.shift(level));
    }

    int translate(long va, boolean write) {
        for (int cacheLevel = 1; cacheLevel <= 2; cacheLevel++) {
            for (int i = 0; i < arrays.size(); i++) {
                for (int level = 1; level <= layout.levels(); level++) {
                    if (holds(i, cacheLevel, level)) {
                        Optional<Boolean> writable = arrays.get(i).use(key(va, level));
                        if (writable.isPresent() && (writable.get() || !write)) {
                            accesses++;
                            if (cacheLevel == 2) {
                                firstMisses++;
                                fill(1, va, level, writable.get());
                            }
                            return level;
                        }
                    }
                }
            }
        }
        return walk(va, write);
    }

    private boolean holds(int array, int cacheLevel, int level) {
        MmuGeometry.Tlb t = geometry.tlbs().get(array);
        return t.cacheLevel() == cacheLevel && (t.levels() >>> level & 1) != 0;
    }

    private void fill(int cacheLevel, long va, int level, boolean writable) {
        for (int i = 0; i < arrays.size(); i++) {
            if (holds(i, cacheLevel, level)) {
                arrays.get(i).fill(key(va, level), writable);
            }
        }
    }

    private int walk(long va, boolean write) {
        EntryFormat format = tables.format();
        int leaf = leaf(va);
        long entry = tables.read(tables.find(va, leaf));
        if (!format.isPresent(entry) || leaf > 1 && !format.isLeaf(entry, leaf)) {
            return Mmu.ABSENT;
        }
        if (write && !format.isWritable(entry)) {
            return Mmu.READ_ONLY;
        }
        accesses++;
        firstMisses++;
        walks++;
        int start = layout.levels();
        for (int level = layout.levels(); level > leaf; level--) {
            if (level - 2 < walkCaches.size() && walkCaches.get(level - 2).sets.get(0).containsKey(key(va, level))) {
                start = level - 1;
            }
        }
        for (int level = start + 1; level > leaf; level--) {
            if (level <= layout.levels() && level - 2 < walkCaches.size()) {
                walkCaches.get(level - 2).fill(key(va, level), true);
            }
        }
        references += start - leaf + 1;
        skipped += layout.levels() - start;
        int covered = leaf;
        if (host.isPresent()) {
            for (int level = start; level >= leaf; level--) {
                long table = level == layout.levels() ? 0 : format.tablePfn(tables.read(tables.find(va, level + 1)));
                walkHost(host.get(), (table << layout.pageShift()) + layout.index(va, level) * 8L);
            }
            walkHost(host.get(), (format.pfn(entry, leaf) << layout.pageShift()) + va % layout.size(leaf));
            covered = Math.min(leaf, host.get().leafLevel());
        }
        fill(2, va, covered, format.isWritable(entry));
        fill(1, va, covered, format.isWritable(entry));
        return covered;
    }

    private int leaf(long va) {
        int level = 1;
        while (tables.find(va, level) == PageTables.NO_SLOT) {
            level++;
        }
        return level;
    }

    private void walkHost(NestedPaging h, long physical) {
        int start = h.levels();
        for (int level = h.levels(); level > h.leafLevel(); level--) {
            Key key = new Key(0, level, physical >>> layout.shift(level));
            if (level - 2 < hostCaches.size() && hostCaches.get(level - 2).sets.get(0).containsKey(key)) {
                start = level - 1;
            }
        }
        for (int level = start + 1; level > h.leafLevel(); level--) {
            if (level <= h.levels() && level - 2 < hostCaches.size()) {
                hostCaches.get(level - 2).fill(new Key(0, level, physical >>> layout.shift(level)), true);
            }
        }
        references += start - h.leafLevel() + 1;
        nested += start - h.leafLevel() + 1;
        skipped += h.levels() - start;
    }

    void invalidate(long va) {
        for (int level = 1; level <= layout.levels(); level++) {
            for (Sets array : arrays) {
                array.drop(key(va, level));
            }
        }
        if (host.isPresent()) {
            int leaf = leaf(va);
            arrays.forEach(a -> a.sets.forEach(s -> s.keySet().removeIf(k -> k.space == space && k.level < leaf
                    && k.number >>> layout.shift(leaf) - layout.shift(k.level) == va >>> layout.shift(leaf))));
        }
        walkCaches.forEach(c -> c.dropSpace(space));
        invalidations++;
    }

    void invalidateSpace(int number) {
        arrays.forEach(a -> a.dropSpace(number));
        walkCaches.forEach(c -> c.dropSpace(number));
        invalidations++;
    }

    void invalidateAll() {
        arrays.forEach(Sets::dropAll);
        walkCaches.forEach(Sets::dropAll);
        hostCaches.forEach(Sets::dropAll);
        invalidations++;
    }

    TranslationCounts counts() {
        return new TranslationCounts(accesses, firstMisses, walks, references, nested, skipped, invalidations);
    }
}
