package org.mmkit.core.stat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.ArrayList;
import java.util.Map;
import org.mmkit.api.lock.Locks;
import org.mmkit.api.stat.Counters;
import org.mmkit.core.lock.AtomicWords;
import org.mmkit.core.lock.Stripes;

/**
 * Counters in one array; names in the order of registration. With {@code SMP=y} each stripe of threads adds to an array of its own, and a
 * value is their sum: exact whenever nobody is adding. Registering is for one thread.
 */
public final class CounterTable implements Counters {

    private final Map<String, Integer> slots = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private final Locks locks;
    private long[] values = new long[128];
    /** With SMP=y in place of {@link #values}: one array for each stripe. */
    private final long[][] stripes;

    /** Counters of a machine with one processor. */
    public CounterTable() {
        this(Locks.NONE);
    }

    /** Counters for as many processors as {@code locks} are made for. */
    public CounterTable(Locks locks) {
        this.locks = locks;
        stripes = locks.isSmp() ? new long[Stripes.COUNT][128] : new long[0][];
    }

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
            for (int i = 0; i < stripes.length; i++) {
                stripes[i] = Arrays.copyOf(stripes[i], 2 * slot);
            }
        }
        return slot;
    }

    @Override
    public Counters separate(int count) {
        CounterTable table = new CounterTable(locks);
        for (int i = 0; i < count; i++) {
            table.register(Integer.toString(i));
        }
        return table;
    }

    @Override
    public void add(int slot, long delta) {
        if (stripes.length == 0) {
            values[slot] += delta;
        } else {
            int number = Stripes.number();
            long[] stripe = stripes[number];
            if (number < Stripes.OWNED) {
                AtomicWords.setRelease(stripe, slot, stripe[slot] + delta);
            } else {
                AtomicWords.add(stripe, slot, delta);
            }
        }
    }

    @Override
    public long get(int slot) {
        long sum = values[slot];
        for (long[] stripe : stripes) {
            sum += AtomicWords.get(stripe, slot);
        }
        return sum;
    }

    @Override
    public long get(String name) {
        Integer slot = slots.get(name);
        if (slot == null) {
            throw new IllegalArgumentException("no counter named " + name + "; there are " + names);
        }
        return get(slot);
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
