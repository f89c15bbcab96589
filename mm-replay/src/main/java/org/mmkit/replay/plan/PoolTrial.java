package org.mmkit.replay.plan;

/**
 * What the model said when a pool served the mappings.
 *
 * @param kernel the kernel
 * @param pageBytes the page size; the base page for ordinary memory
 * @param pages pages that were asked for
 * @param got pages that the pool got
 * @param tableBytes page tables of the program when all was touched
 * @param vmemmapBytes memory of descriptors that was given back
 * @param splitBytes page tables of the kernel that this took
 * @param tlbEntries entries of the processor's last TLB for this size
 */
public record PoolTrial(
        String kernel, long pageBytes, long pages, long got, long tableBytes, long vmemmapBytes, long splitBytes, int tlbEntries) {

    /** Memory that the TLB translates without a walk, at best. */
    public long reachBytes() {
        return tlbEntries * pageBytes;
    }
}
