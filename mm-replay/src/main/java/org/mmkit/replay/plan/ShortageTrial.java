package org.mmkit.replay.plan;

/**
 * What the model did with the mappings when the pool was one page short.
 *
 * @param kernel the kernel
 * @param pageBytes the page size
 * @param pages pages in the pool
 * @param refused which mapping mmap refused, by number; -1 for none
 * @param errno the error of that mmap; 0 for none
 * @param fallbackBytes how large that mapping is
 * @param fallbackTableBytes page tables when it is of base pages instead
 * @param touchedBeforeSignal with MAP_NORESERVE, how many pages were touched before the program was killed
 * @param signal by which signal, 0 for none
 * @param surplusPages with one page of overcommit, how many surplus pages there were when all was mapped
 */
public record ShortageTrial(
        String kernel,
        long pageBytes,
        long pages,
        int refused,
        int errno,
        long fallbackBytes,
        long fallbackTableBytes,
        long touchedBeforeSignal,
        int signal,
        long surplusPages) {

    /** {@link #touchedBeforeSignal} of a workload that is {@code scale} times as large, and one page short too. */
    public long touchedBeforeSignal(long scale) {
        return signal == 0 ? touchedBeforeSignal * scale : (touchedBeforeSignal + 1) * scale - 1;
    }
}
