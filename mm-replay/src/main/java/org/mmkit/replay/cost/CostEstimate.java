package org.mmkit.replay.cost;

import java.util.List;

/**
 * Time by the cost model, in nanoseconds of one CPU.
 *
 * @param low every constant at the lower end of what was measured
 * @param high every constant at the upper end
 * @param parts what it is made of, largest first
 */
public record CostEstimate(double low, double high, List<Part> parts) {

    public CostEstimate {
        parts = List.copyOf(parts);
    }

    /**
     * One kind of work.
     *
     * @param constant name in {@link CostModel}
     * @param count how often
     * @param low nanoseconds in all, lower end
     * @param high nanoseconds in all, upper end
     */
    public record Part(String constant, long count, double low, double high) {}

    /** The middle. */
    public double middle() {
        return (low + high) / 2;
    }
}
