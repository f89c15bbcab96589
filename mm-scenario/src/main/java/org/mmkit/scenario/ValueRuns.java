package org.mmkit.scenario;

import com.google.gson.JsonArray;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes that a load saw, as runs of equal values. Only so many runs are kept; a value that the last kept run has too is counted
 * there even after others were left out, as the recorder does.
 */
final class ValueRuns {

    /** Runs that are kept. */
    private static final int MOST = 63;

    private final List<long[]> runs = new ArrayList<>();

    void add(int value) {
        if (!runs.isEmpty() && runs.get(runs.size() - 1)[1] == value) {
            runs.get(runs.size() - 1)[0]++;
        } else if (runs.size() < MOST) {
            runs.add(new long[] {1, value});
        }
    }

    JsonArray toJson() {
        JsonArray values = new JsonArray();
        for (long[] run : runs) {
            JsonArray pair = new JsonArray();
            pair.add(run[0]);
            pair.add(run[1]);
            values.add(pair);
        }
        return values;
    }
}
