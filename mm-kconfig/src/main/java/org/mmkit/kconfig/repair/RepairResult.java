package org.mmkit.kconfig.repair;

import java.util.List;

/**
 * What came of the search for repairs.
 *
 * @param repairs the repairs, fewest settings first; empty when there is none
 * @param contradiction when the wishes are impossible, wishes and rules of the tree that cannot hold together, of which
 *         any one left out makes the rest possible; empty as well when there was no time to find it
 * @param complete whether the search came to its end; otherwise there may be more repairs, or smaller ones
 */
public record RepairResult(List<Repair> repairs, List<TreeRule> contradiction, boolean complete) {

    /** Copies the lists. */
    public RepairResult {
        repairs = List.copyOf(repairs);
        contradiction = List.copyOf(contradiction);
    }
}
