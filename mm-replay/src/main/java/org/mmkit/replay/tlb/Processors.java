package org.mmkit.replay.tlb;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.api.pgtable.PageTables;

/**
 * The processors of a machine, and the numbers of address spaces (ASID, PCID) that Linux gives on x86 (arch/x86/mm/tlb.c, choose_new_asid,
 * flush_tlb_mm_range).
 *
 * <p>Each processor has some numbers. An address space keeps its number there until as many others have come; who gets a number that was
 * another's drops what is known of it. Without numbers, each switch drops everything. Invalidations reach the processors that run in the
 * address space; the others drop all of it when they come back to it. One thread.
 */
public final class Processors {

    /** Numbers that Linux uses at a time on x86 (TLB_NR_DYN_ASIDS). */
    public static final int USUAL_NUMBERS = 6;

    private final MmuGeometry geometry;
    private final Optional<NestedPaging> host;
    private final int numbers;
    private final Map<Integer, Processor> processors = new TreeMap<>();

    private long switches;
    private long flushes;
    private long shootdowns;
    private long interrupts;

    /** An address space. One thread. */
    public static final class Space {

        private final PageTables tables;
        /** Grows with each invalidation (tlb_gen). */
        private long generation;

        /** The address space of {@code tables}. */
        public Space(PageTables tables) {
            this.tables = tables;
        }
    }

    private static final class Processor {

        private final Mmu mmu;
        private final @Nullable Space[] spaces;
        /** By number: up to which of its space's generations it is known to be right. */
        private final long[] generations;

        private Space loaded;
        private int number;
        private int next;

        Processor(Mmu mmu, Space space, int numbers) {
            this.mmu = mmu;
            spaces = new Space[Math.max(1, numbers)];
            generations = new long[spaces.length];
            spaces[0] = space;
            generations[0] = space.generation;
            loaded = space;
            next = 1;
        }
    }

    /**
     * Processors of {@code geometry}.
     *
     * @param host the second dimension; empty on bare metal
     * @param numbers for the address spaces of each processor, at most {@link Mmu#MOST_SPACES} + 1; 0 where there are none
     */
    public Processors(MmuGeometry geometry, Optional<NestedPaging> host, int numbers) {
        if (numbers < 0 || numbers > Mmu.MOST_SPACES + 1) {
            throw new IllegalArgumentException(numbers + " numbers of address spaces; 0 to " + (Mmu.MOST_SPACES + 1) + " are possible");
        }
        this.geometry = geometry;
        this.host = host;
        this.numbers = numbers;
    }

    /** Lets processor {@code id} go on in {@code space}; its translation hardware. */
    public Mmu run(int id, Space space) {
        Processor p = processors.get(id);
        if (p == null) {
            p = new Processor(new Mmu(geometry, space.tables, host), space, numbers);
            processors.put(id, p);
        } else if (p.loaded != space) {
            switchTo(p, space);
        }
        return p.mmu;
    }

    private void switchTo(Processor p, Space space) {
        int number = 0;
        while (number < p.spaces.length && p.spaces[number] != space) {
            number++;
        }
        boolean flush = numbers == 0;
        if (number == p.spaces.length) {
            number = p.next < p.spaces.length ? p.next : 0;
            p.next = number + 1;
            flush = true;
        }
        flush |= p.generations[number] < space.generation;
        p.spaces[number] = space;
        p.generations[number] = space.generation;
        p.loaded = space;
        p.number = number;
        p.mmu.switchTo(space.tables, number);
        switches++;
        if (flush) {
            flushes++;
            p.mmu.invalidateSpace(number);
        }
    }

    /** An entry of {@code space} that maps {@code va} was changed on processor {@code id}: nobody uses what it was before. */
    public void invalidate(int id, Space space, long va) {
        space.generation++;
        long before = interrupts;
        for (Map.Entry<Integer, Processor> e : processors.entrySet()) {
            Processor p = e.getValue();
            if (p.loaded == space) {
                p.mmu.invalidate(va);
                p.generations[p.number] = space.generation;
                interrupts += e.getKey() == id ? 0 : 1;
            }
        }
        shootdowns += interrupts > before ? 1 : 0;
    }

    /** Processors that have run something. */
    public int count() {
        return processors.size();
    }

    /** What all of them translated. */
    public TranslationCounts counts() {
        TranslationCounts sum = new TranslationCounts(0, 0, 0, 0, 0, 0, 0);
        for (Processor p : processors.values()) {
            sum = sum.plus(p.mmu.counts());
        }
        return sum;
    }

    /** What the address spaces took. */
    public SpaceCounts spaceCounts() {
        return new SpaceCounts(switches, flushes, shootdowns, interrupts);
    }
}
