package org.mmkit.replay.tlb;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.mmkit.api.arch.MmuGeometry;

/** The arrays of one level of TLBs. One thread. */
final class TlbLevel {

    /** Added to the level of leaves, 1 or 2, for a run of them that is one entry. */
    static final int RUN = 5;

    /**
     * One array asked for one page size, and where entries were found, by a hash of the number.
     *
     * @param leavesOnly whether the array holds the leaves of this level one by one, where they are a run, too
     */
    record Probe(TlbArray array, int level, int shift, boolean leavesOnly, int[] noted) {

        private static final int NOTED = 1 << 10;

        static int note(long number) {
            return (int) (number ^ number >>> 10) & NOTED - 1;
        }

        /** The place of the entry with {@code key}, noted for the next time; or -1. */
        int place(long number, long key) {
            array.keepPlaces();
            int note = note(number);
            int place = noted[note];
            if ((array.tags[place] & -2) == key) {
                return place;
            }
            place = array.find(key);
            if (place >= 0) {
                noted[note] = place;
            }
            return place;
        }
    }

    /** One array and the levels, one bit each, of the leaves whose translations it holds. */
    private record Stage(TlbArray array, int levels) {}

    /** Each array once for each page size, in the order in which they are asked. */
    final Probe[] probes;

    /** Levels of leaves that there are arrays for, one bit each. */
    final int levels;

    private final Stage[] stages;

    /**
     * The arrays of {@code cacheLevel}.
     *
     * @param shifts address bits below the page number, by level
     * @param runShifts the same of runs; 0 where there are none
     * @throws IllegalArgumentException when an array's entries are no multiple of its ways
     */
    TlbLevel(MmuGeometry geometry, int cacheLevel, int[] shifts, int[] runShifts) {
        List<Probe> all = new ArrayList<>();
        Map<TlbArray, Integer> levelsOf = new LinkedHashMap<>();
        int any = 0;
        for (MmuGeometry.Tlb t : geometry.tlbs()) {
            if (t.cacheLevel() == cacheLevel) {
                TlbArray array = TlbArray.of(t.entries(), t.ways());
                for (int level = 1; level < shifts.length; level++) {
                    if ((t.levels() >>> level & 1) != 0) {
                        boolean runs = (t.runs() >>> level & 1) != 0 && runShifts[level] != 0;
                        all.add(new Probe(array, level, shifts[level], !runs, new int[Probe.NOTED]));
                        int held = 1 << level;
                        if (runs) {
                            all.add(new Probe(array, level + RUN, runShifts[level], false, new int[Probe.NOTED]));
                            held |= 1 << level + RUN;
                        }
                        levelsOf.merge(array, held, (x, y) -> x | y);
                        any |= held;
                    }
                }
            }
        }
        probes = all.toArray(Probe[]::new);
        levels = any;
        stages = levelsOf.entrySet().stream().map(e -> new Stage(e.getKey(), e.getValue())).toArray(Stage[]::new);
    }

    /** Whether no two arrays hold leaves of one level. */
    boolean isEachAlone() {
        return Stream.of(probes).map(Probe::level).distinct().count() == probes.length;
    }

    /** Whether an array holds leaves of {@code level}, {@link #RUN} more for runs. */
    boolean holds(int level) {
        return (levels >>> level & 1) != 0;
    }

    /** Whether an array holds runs of leaves as one entry. */
    boolean holdsRuns() {
        return levels >>> RUN + 1 != 0;
    }

    /** Asks for what the block misses, and fills with what is not there. */
    void ask(AddressBlock block) {
        for (Stage stage : stages) {
            if ((stage.levels & block.seen) != 0) {
                stage.array.touchAll(block, stage.levels);
            }
        }
    }

    /**
     * Puts an entry for {@code va} in each array for {@code level}, {@link #RUN} more for a run, which arrays that know no runs get as a leaf;
     * {@code known} when one may be there already.
     */
    void fill(long va, int level, long keyBits, boolean known) {
        for (Probe p : probes) {
            if (p.level == level || p.leavesOnly && p.level == level - RUN) {
                long tag = keyBits | (long) p.level << TlbArray.LEVEL_SHIFT | TlbArray.number(va, p.shift) << 1;
                if (known) {
                    p.array.insert(tag);
                } else {
                    p.array.insertNew(tag);
                }
            }
        }
    }

    /** Drops the entries whose tag has {@code value} in the bits of {@code mask}; all with a mask of 0. */
    void removeAll(long mask, long value) {
        for (Stage stage : stages) {
            stage.array.removeAll(mask, value);
        }
    }
}
