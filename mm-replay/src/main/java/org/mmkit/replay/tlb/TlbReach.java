package org.mmkit.replay.tlb;

import org.mmkit.api.arch.MmuGeometry;

/**
 * How much of a program's anonymous memory a processor's second-level TLB can hold translations of at one time.
 *
 * <p>An upper bound that needs no trace of accesses: the entries go first to 2 MiB translations, then to 4 KiB ones. It says what
 * can be without page walks at best, not what will be.
 *
 * @param translations entries needed for all of it
 * @param entries entries of the TLB that both page sizes share
 * @param reachKb memory that these entries translate at best, in KiB
 * @param residentKb the anonymous memory
 */
public record TlbReach(long translations, int entries, long reachKb, long residentKb) {

    private static final int HUGE_KB = 2048;
    private static final int PAGE_KB = 4;

    /** Of memory of which {@code hugeKb} of {@code residentKb} are mapped by 2 MiB leaves, on a processor with {@code mmu}. */
    public static TlbReach of(long residentKb, long hugeKb, MmuGeometry mmu) {
        int entries = 0;
        int last = 0;
        for (MmuGeometry.Tlb t : mmu.tlbs()) {
            boolean both = (t.levels() & 1 << 1) != 0 && (t.levels() & 1 << 2) != 0;
            if (both && t.cacheLevel() > last) {
                last = t.cacheLevel();
                entries = t.entries();
            }
        }
        return of(residentKb, hugeKb, entries);
    }

    /** The same for a TLB of {@code entries} shared entries. */
    public static TlbReach of(long residentKb, long hugeKb, int entries) {
        long huge = hugeKb / HUGE_KB;
        long small = Math.max(0, residentKb - huge * HUGE_KB) / PAGE_KB;
        long hugeUsed = Math.min(huge, entries);
        long smallUsed = Math.min(small, entries - hugeUsed);
        return new TlbReach(huge + small, entries, hugeUsed * HUGE_KB + smallUsed * PAGE_KB, residentKb);
    }

    /** Share, 0 to 1, of the memory that the TLB reaches at best. */
    public double share() {
        return residentKb == 0 ? 1 : Math.min(1, (double) reachKb / residentKb);
    }
}
