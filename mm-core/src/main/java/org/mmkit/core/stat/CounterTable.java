package org.mmkit.core.stat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.ArrayList;
import java.util.Map;
import org.mmkit.api.stat.Counters;

/** Counters in one array; names in the order of registration. Not thread-safe. */
public final class CounterTable implements Counters {

    private final Map<String, Integer> slots = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private long[] values = new long[128];

    @Override
    public int register(String name) {
        Integer known = slots.get(name);
        if (known != null) {
            return known;
        }
        int slot = names.size();
        names.add(name);
        slots.put(name, slot);
        if (slot == values.length) {
            values = Arrays.copyOf(values, 2 * slot);
        }
        return slot;
    }

    @Override
    public void add(int slot, long delta) {
        values[slot] += delta;
    }

    @Override
    public long get(int slot) {
        return values[slot];
    }

    @Override
    public long get(String name) {
        Integer slot = slots.get(name);
        if (slot == null) {
            throw new IllegalArgumentException("no counter named " + name + "; there are " + names);
        }
        return values[slot];
    }

    /** Whether there is a counter named {@code name}. */
    public boolean has(String name) {
        return slots.containsKey(name);
    }

    /** Names in the order of registration. */
    public List<String> names() {
        return List.copyOf(names);
    }
}
