package org.mmkit.api.memory;

/**
 * What is in the frames. A machine may be built without contents: then every read gives 0, {@link #isZero} is false for a
 * frame that was written, and only the byte counts are kept.
 *
 * <p>Frames start with unspecified content; whoever hands memory to a user clears it first.
 */
public interface FrameContents {

    /** Fills {@code pages} frames from {@code pfn} with zeroes. */
    void clear(long pfn, long pages);

    /** Copies {@code pages} frames. */
    void copy(long fromPfn, long toPfn, long pages);

    /** {@link #copy} of {@code n} single frames, {@code fromPfn}, {@code fromPfn + direction} and so on ({@code direction} is 1 or -1), to frames that ascend. */
    default void copySingles(long fromPfn, int direction, long toPfn, int n) {
        for (int i = 0; i < n; i++) {
            copy(fromPfn + (long) i * direction, toPfn + i, 1);
        }
    }

    /** The byte at {@code offset} (0 to page size - 1) of frame {@code pfn}. */
    int read(long pfn, int offset);

    /** Sets one byte. */
    void write(long pfn, int offset, int value);

    /** Sets {@code length} bytes from {@code offset}, within the frame. */
    void fill(long pfn, int offset, int length, int value);

    /** Whether the frame holds only zeroes. */
    boolean isZero(long pfn);

    /** Bytes cleared so far. */
    long bytesCleared();

    /** Bytes copied so far. */
    long bytesCopied();

    /** A snapshot of one frame, to be given to {@link #restore}: how a swap device keeps a page. */
    long save(long pfn);

    /** Puts the snapshot back into {@code pfn}; the snapshot stays valid until {@link #forget}. */
    void restore(long snapshot, long pfn);

    /** Drops a snapshot. */
    void forget(long snapshot);

    /** Whether the snapshot holds only zeroes. */
    boolean isZeroSnapshot(long snapshot);
}
