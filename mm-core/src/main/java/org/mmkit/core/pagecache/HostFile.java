package org.mmkit.core.pagecache;

import org.mmkit.api.Errno;
import org.mmkit.api.file.FileMapping;
import org.mmkit.api.file.Inode;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.VmaOperations;

/**
 * A file of the host whose pages all count as cached already, as the program files of a recorded run are. A page gets a frame
 * when it is first looked for; there are no major faults. What the host's file contains is not known: its pages read as
 * zeroes.
 */
public final class HostFile extends PageCache implements Inode {

    private static final VmaOperations OPERATIONS = new VmaOperations() {};

    private long size;
    /** Pages that fault-around passes over, by index. */
    private final PageTree skipped = new PageTree();

    /** A file of {@code size} bytes. */
    public HostFile(CacheContext context, String name, long device, long inode, long size) {
        super(context, name, device, inode);
        this.size = size;
    }

    @Override
    public boolean isShmem() {
        return false;
    }

    @Override
    public FileMapping mapping() {
        return this;
    }

    @Override
    public long size() {
        return size;
    }

    /** Makes the file at least {@code bytes} long. */
    public void grow(long bytes) {
        size = Math.max(size, bytes);
    }

    /** Page {@code index} carries a readahead mark or is locked: fault-around passes it over. */
    public void skipAround(long index) {
        skipped.put(index, 0, 1);
    }

    @Override
    public long find(long index) {
        long head = super.find(index);
        return head != Frames.NONE || index << context.pageShift >= size ? head : bringIn(index);
    }

    @Override
    public long findAround(long index) {
        if (index << context.pageShift >= size || skipped.get(index) != PageTree.NONE) {
            return Frames.NONE;
        }
        long head = find(index);
        return head == Frames.NONE ? head : head + (index - frames.index(head));
    }

    private long bringIn(long index) {
        long head = context.memory.allocateFolio(0, Gfp.HIGHUSER_MOVABLE);
        if (head == Frames.NONE) {
            return head;
        }
        context.memory.contents().clear(head, 1);
        frames.set(head, FolioFlags.UPTODATE);
        add(head, index);
        frames.put(head, 1);
        return head;
    }

    @Override
    public long faultIn(long index, Fault fault) {
        if (index << context.pageShift >= size) {
            return -Fault.SIGBUS;
        }
        long head = find(index);
        if (head == Frames.NONE) {
            return -Fault.OOM;
        }
        frames.get(head, 1);
        return head + (index - frames.index(head));
    }

    @Override
    public long blocks() {
        return size + 511 >> 9;
    }

    @Override
    public long blockSize() {
        return 1L << context.pageShift;
    }

    @Override
    public int truncate(long bytes) {
        return -Errno.EROFS;
    }

    @Override
    public int allocate(int mode, long offset, long length) {
        return -Errno.EROFS;
    }

    @Override
    public long read(long offset, long length) {
        return Math.max(0, Math.min(length, size - offset));
    }

    @Override
    public long write(long offset, long length, int value) {
        return -Errno.EROFS;
    }

    @Override
    public VmaOperations operations() {
        return OPERATIONS;
    }

    @Override
    public void evict() {
        boolean any = next(0) >= 0;
        for (long index = next(0); index >= 0; index = next(index)) {
            remove(super.find(index));
        }
        if (any) {
            context.lru.drain();
        }
    }
}
