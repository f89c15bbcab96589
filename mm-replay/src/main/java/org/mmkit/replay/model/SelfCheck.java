package org.mmkit.replay.model;

import java.util.List;

/**
 * Whether the model, under the recording's own settings, takes the recorded faults, address by address.
 *
 * @param recorded faults recorded, in user mode
 * @param reproduced of these, faults that the model took at the same place, of the same kind (page present or not)
 * @param raced of the reproduced, faults of a second thread on a page that another was just bringing in
 * @param learned of the reproduced, faults that show a file page to be outside of the page cache or marked for readahead
 * @param anonymousRecorded faults recorded on anonymous memory
 * @param anonymousReproduced of these, reproduced
 * @param kernelRecorded faults recorded in the kernel
 * @param kernelReproduced of these, reproduced
 * @param differences the first faults that differ
 */
public record SelfCheck(
        long recorded,
        long reproduced,
        long raced,
        long learned,
        long anonymousRecorded,
        long anonymousReproduced,
        long kernelRecorded,
        long kernelReproduced,
        List<Difference> differences) {

    public SelfCheck {
        differences = List.copyOf(differences);
    }

    /**
     * A recorded fault that the model did not take, or took otherwise.
     *
     * @param line of the recording
     * @param what it was and what the model did
     */
    public record Difference(long line, String what) {}

    /** Whether at least 99.5 % are reproduced: below, predictions would mislead. */
    public boolean isSound() {
        return recorded == 0 || reproduced * 1000 >= recorded * 995;
    }
}
