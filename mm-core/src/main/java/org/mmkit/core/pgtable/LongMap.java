package org.mmkit.core.pgtable;

import java.util.Arrays;

/**
 * An open-addressing map from long to long without boxing. Keys and values are not negative; absent is -1. Removal
 * closes the gap, so lookups never meet tombstones. Not thread-safe.
 */
final class LongMap {

    private static final long EMPTY = -1;

    private long[] keys = {};
    private long[] values = {};
    private int size;

    int size() {
        return size;
    }

    private int place(long key) {
        long h = key * 0x9E37_79B9_7F4A_7C15L;
        return (int) (h >>> 32) & keys.length - 1;
    }

    /** Index of {@code key}, or of the empty place where it would go. */
    private int find(long key) {
        int i = place(key);
        while (keys[i] != EMPTY && keys[i] != key) {
            i = i + 1 & keys.length - 1;
        }
        return i;
    }

    long get(long key) {
        if (size == 0) {
            return EMPTY;
        }
        int i = find(key);
        return keys[i] == EMPTY ? EMPTY : values[i];
    }

    /** Maps {@code key} to {@code value}; returns the former value or -1. */
    long put(long key, long value) {
        if (2 * (size + 1) > keys.length) {
            grow();
        }
        int i = find(key);
        long old = keys[i] == EMPTY ? EMPTY : values[i];
        if (old == EMPTY) {
            size++;
        }
        keys[i] = key;
        values[i] = value;
        return old;
    }

    private void grow() {
        long[] oldKeys = keys;
        long[] oldValues = values;
        int length = Math.max(8, 2 * oldKeys.length);
        keys = new long[length];
        values = new long[length];
        Arrays.fill(keys, EMPTY);
        for (int k = 0; k < oldKeys.length; k++) {
            if (oldKeys[k] != EMPTY) {
                int i = find(oldKeys[k]);
                keys[i] = oldKeys[k];
                values[i] = oldValues[k];
            }
        }
    }

    /** Takes {@code key} out; returns its value or -1. */
    long remove(long key) {
        if (size == 0) {
            return EMPTY;
        }
        int hole = find(key);
        if (keys[hole] == EMPTY) {
            return EMPTY;
        }
        long old = values[hole];
        size--;
        int i = hole;
        while (true) {
            i = i + 1 & keys.length - 1;
            if (keys[i] == EMPTY) {
                break;
            }
            // An entry may fill the hole only if its own place is not behind the hole.
            int home = place(keys[i]);
            if ((i - home & keys.length - 1) >= (i - hole & keys.length - 1)) {
                keys[hole] = keys[i];
                values[hole] = values[i];
                hole = i;
            }
        }
        keys[hole] = EMPTY;
        return old;
    }
}
