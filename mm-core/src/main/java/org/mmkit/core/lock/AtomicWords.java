package org.mmkit.core.lock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Atomic operations on elements of plain arrays, each a full fence. */
public final class AtomicWords {

    private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    private AtomicWords() {}

    /** Adds {@code delta} to element {@code i}; returns the sum. */
    public static int add(int[] a, int i, int delta) {
        return (int) INTS.getAndAdd(a, i, delta) + delta;
    }

    /** Adds {@code delta} to element {@code i}; returns the sum. */
    public static long add(long[] a, int i, long delta) {
        return (long) LONGS.getAndAdd(a, i, delta) + delta;
    }

    /** Sets the bits of {@code bits} in element {@code i}; returns what it was. */
    public static int or(int[] a, int i, int bits) {
        return (int) INTS.getAndBitwiseOr(a, i, bits);
    }

    /** Keeps only the bits of {@code bits} in element {@code i}; returns what it was. */
    public static int and(int[] a, int i, int bits) {
        return (int) INTS.getAndBitwiseAnd(a, i, bits);
    }

    /** Sets the bits of {@code bits} in element {@code i}; returns what it was. */
    public static long or(long[] a, int i, long bits) {
        return (long) LONGS.getAndBitwiseOr(a, i, bits);
    }

    /** Keeps only the bits of {@code bits} in element {@code i}; returns what it was. */
    public static long and(long[] a, int i, long bits) {
        return (long) LONGS.getAndBitwiseAnd(a, i, bits);
    }

    /** Writes {@code next} to element {@code i} if it is {@code expected}; whether it was. */
    public static boolean compareAndSet(int[] a, int i, int expected, int next) {
        return INTS.compareAndSet(a, i, expected, next);
    }

    /** Writes {@code next} to element {@code i} if it is {@code expected}; whether it was. */
    public static boolean compareAndSet(long[] a, int i, long expected, long next) {
        return LONGS.compareAndSet(a, i, expected, next);
    }

    /** Element {@code i} as last written by any thread. */
    public static int get(int[] a, int i) {
        return (int) INTS.getVolatile(a, i);
    }

    /** Element {@code i} as last written by any thread. */
    public static long get(long[] a, int i) {
        return (long) LONGS.getVolatile(a, i);
    }

    /** Writes element {@code i} after all that was written before. */
    public static void setRelease(long[] a, int i, long value) {
        LONGS.setRelease(a, i, value);
    }

    /** Writes element {@code i} after all that was written before. */
    public static void setRelease(int[] a, int i, int value) {
        INTS.setRelease(a, i, value);
    }
}
