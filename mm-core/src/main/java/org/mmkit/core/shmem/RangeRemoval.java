package org.mmkit.core.shmem;

import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.core.pagecache.CacheContext;

/**
 * Removes a range of bytes from a shared-memory file, as truncation and hole punching do (Linux: shmem_undo_range,
 * truncate_inode_partial_folio). A large folio across a border is zeroed where the range covers it and split around the
 * border; the parts inside the range go.
 */
final class RangeRemoval {

    /** More pages than any file has. */
    static final long REST = 1L << 50;

    private final ShmemFile file;
    private final Frames frames;
    private final CacheContext context;
    /** First and last byte. */
    private final long first;
    private final long last;

    /** Bytes {@code first} to {@code last}; {@code last} = -1 is the end of all files. */
    RangeRemoval(ShmemFile file, CacheContext context, long first, long last) {
        this.file = file;
        this.context = context;
        this.frames = context.memory().frames();
        this.first = first;
        this.last = last == -1 ? (REST << context.pageShift) - 1 : last;
    }

    void run() {
        int shift = context.pageShift;
        long start = first + (1L << shift) - 1 >>> shift;
        long end = last + 1 >>> shift;
        file.removed(start, end);
        removeWhole(start, end);
        boolean sameFolio = first >>> shift == last >>> shift;
        file.swapped().bringBack(first >>> shift);
        file.swapped().bringBack(last >>> shift);
        long head = file.find(first >>> shift);
        if (head != Frames.NONE) {
            sameFolio = last < frames.index(head) + frames.pages(head) << shift;
            frames.markDirty(head);
            long index = frames.index(head);
            long next = index + frames.pages(head);
            if (!removePart(head)) {
                start = next;
                end = sameFolio ? index : end;
            }
        }
        if (!sameFolio) {
            head = file.find(last >>> shift);
            if (head != Frames.NONE) {
                frames.markDirty(head);
                long index = frames.index(head);
                if (!removePart(head)) {
                    end = index;
                }
            }
        }
        removeWhole(start, end);
    }

    /** Removes the folios that lie wholly in [{@code start}, {@code end}). */
    private void removeWhole(long start, long end) {
        boolean found = false;
        for (long index = file.next(start); index >= 0 && index < end; ) {
            long head = file.find(index);
            long from = frames.index(head);
            long to = from + frames.pages(head);
            if (from >= start && to <= end) {
                removeFolio(head);
                found = true;
            }
            index = file.next(to);
        }
        if (found) {
            // Letting go of a batch of folios looked up empties the other batches (Linux: folio_batch_release).
            context.memory().lru().drain();
        }
        file.swapped().free(start, end);
    }

    private void removeFolio(long head) {
        if (frames.isMapped(head)) {
            file.unmap(frames.index(head), frames.pages(head), false);
        }
        file.discard(head);
    }

    /**
     * Zeroes the part of the folio that lies in the range and splits it around the borders.
     *
     * @return false when it is still whole: it cannot be split now
     */
    boolean removePart(long head) {
        int shift = context.pageShift;
        long position = frames.index(head) << shift;
        long bytes = frames.pages(head) << shift;
        long offset = Math.max(0, first - position);
        long length = Math.min(bytes, last + 1 - position) - offset;
        if (length == bytes) {
            removeFolio(head);
            return true;
        }
        file.fill(head, offset, length, 0);
        if (frames.order(head) == 0) {
            return true;
        }
        frames.get(head, 1);
        try {
            if (file.shmem().extensions().largeFolios().splitAround(head, head + (offset >>> shift), 0) != 0) {
                return false;
            }
        } finally {
            frames.put(head, 1);
        }
        if (offset + length < bytes) {
            long border = head + (offset + length >>> shift);
            splitSecond(frames.head(border), border);
        }
        return true;
    }

    private void splitSecond(long head, long border) {
        int order = frames.order(head);
        if (order == 0 || !frames.hasOwner(head) || frames.owner(head) != file) {
            return;
        }
        frames.get(head, 1);
        file.shmem().extensions().largeFolios().splitAround(head, border, 0);
        frames.put(head, 1);
    }
}
