package org.mmkit.core.memory;

import java.lang.invoke.VarHandle;

/**
 * Directories of arrays, one per section of frames: all sections share one empty array until something of theirs is written.
 *
 * <p>Thread-safe: the array of a section is made once and never replaced.
 */
final class SectionArrays {

    private SectionArrays() {}

    /** Fills {@code directory} by copying what is filled already: quick in a JVM that has compiled nothing yet. */
    static <T> T[] filled(T[] directory, T shared) {
        if (directory.length > 0) {
            directory[0] = shared;
        }
        for (int n = 1; n < directory.length; n *= 2) {
            System.arraycopy(directory, 0, directory, n, Math.min(n, directory.length - n));
        }
        return directory;
    }

    /** The array of {@code section} to be written to, made from {@code empty} when it still is that one. */
    static int[] own(int[][] directory, int section, int[] empty) {
        int[] a = directory[section];
        return a != empty ? a : make(directory, section, empty);
    }

    static byte[] own(byte[][] directory, int section, byte[] empty) {
        byte[] a = directory[section];
        return a != empty ? a : make(directory, section, empty);
    }

    static long[] own(long[][] directory, int section, long[] empty) {
        long[] a = directory[section];
        return a != empty ? a : make(directory, section, empty);
    }

    static <T> T[] own(T[][] directory, int section, T[] empty) {
        T[] a = directory[section];
        return a != empty ? a : make(directory, section, empty);
    }

    private static int[] make(int[][] directory, int section, int[] empty) {
        synchronized (directory) {
            int[] a = directory[section];
            if (a == empty) {
                a = empty.clone();
                VarHandle.releaseFence();
                directory[section] = a;
            }
            return a;
        }
    }

    private static byte[] make(byte[][] directory, int section, byte[] empty) {
        synchronized (directory) {
            byte[] a = directory[section];
            if (a == empty) {
                a = empty.clone();
                VarHandle.releaseFence();
                directory[section] = a;
            }
            return a;
        }
    }

    private static long[] make(long[][] directory, int section, long[] empty) {
        synchronized (directory) {
            long[] a = directory[section];
            if (a == empty) {
                a = empty.clone();
                VarHandle.releaseFence();
                directory[section] = a;
            }
            return a;
        }
    }

    private static <T> T[] make(T[][] directory, int section, T[] empty) {
        synchronized (directory) {
            T[] a = directory[section];
            if (a == empty) {
                a = empty.clone();
                VarHandle.releaseFence();
                directory[section] = a;
            }
            return a;
        }
    }
}
