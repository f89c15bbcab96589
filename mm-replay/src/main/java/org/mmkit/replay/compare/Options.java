package org.mmkit.replay.compare;

import java.util.function.BiConsumer;
import org.mmkit.replay.cost.CostModel;

/**
 * How a comparison is made.
 *
 * @param costs what fault work costs
 * @param threads policies replayed at the same time
 * @param tlbEntries entries of the second-level TLB that pages of all sizes share
 * @param progress hears the name of a replay and how far it is, 0 to 1; from several threads
 */
public record Options(CostModel costs, int threads, int tlbEntries, BiConsumer<String, Double> progress) {

    /** Entries of the shared second-level TLB of recent server processors (Intel Golden Cove 2048, Skylake 1536). */
    public static final int USUAL_TLB_ENTRIES = 2048;

    /** Standard costs, as many threads as processors, silent. */
    public static Options standard() {
        return new Options(CostModel.standard(), Runtime.getRuntime().availableProcessors(), USUAL_TLB_ENTRIES, (name, done) -> {});
    }
}
