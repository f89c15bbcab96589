package org.mmkit.core.pagecache;

import org.mmkit.api.Errno;
import org.mmkit.api.file.FileFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.space.VmFlags;

/**
 * What can no longer be done with a file in memory (fcntl(2): F_ADD_SEALS). Results below 0 are negated error numbers.
 *
 * <p>A file that memfd_create made with MFD_ALLOW_SEALING begins without seals; all others in memory begin with {@link
 * FileFlags#F_SEAL_SEAL}, so that none can be added; files of the host take no part.
 */
public final class Seals {

    private static final int ALL = FileFlags.F_SEAL_SEAL
            | FileFlags.F_SEAL_SHRINK
            | FileFlags.F_SEAL_GROW
            | FileFlags.F_SEAL_WRITE
            | FileFlags.F_SEAL_FUTURE_WRITE
            | FileFlags.F_SEAL_EXEC;
    private static final int WRITES = FileFlags.F_SEAL_WRITE | FileFlags.F_SEAL_FUTURE_WRITE;

    private final PageCache file;
    private final Frames frames;
    private boolean possible;
    private boolean executable;
    private int bits = FileFlags.F_SEAL_SEAL;

    Seals(PageCache file, Frames frames) {
        this.file = file;
        this.frames = frames;
    }

    /** The file lies in memory, so that it has seals, {@link FileFlags#F_SEAL_SEAL} at first. */
    public void makePossible() {
        possible = true;
    }

    /** As memfd_create with {@code flags} leaves the file behind; it may be executed unless they say otherwise. */
    public void begin(int flags) {
        possible = true;
        executable = (flags & FileFlags.MFD_NOEXEC_SEAL) == 0;
        if (!executable) {
            bits = FileFlags.F_SEAL_EXEC;
        } else if ((flags & FileFlags.MFD_ALLOW_SEALING) != 0) {
            bits = 0;
        }
    }

    /** The seals (F_GET_SEALS). */
    public int get() {
        return possible ? bits : -Errno.EINVAL;
    }

    /** Adds seals (F_ADD_SEALS); the caller has seen that the file is open for writing. */
    public int add(int seals) {
        if ((seals & ~ALL) != 0 || !possible) {
            return -Errno.EINVAL;
        }
        if ((bits & FileFlags.F_SEAL_SEAL) != 0) {
            return -Errno.EPERM;
        }
        int added = seals;
        if ((seals & FileFlags.F_SEAL_EXEC) != 0 && executable) {
            // What can be executed and stays so must not be changed either.
            added |= FileFlags.F_SEAL_SHRINK | FileFlags.F_SEAL_GROW | WRITES;
        }
        if ((added & ~bits & FileFlags.F_SEAL_WRITE) != 0 && (isMappedForWriting() || isHeld())) {
            return -Errno.EBUSY;
        }
        bits |= added;
        return 0;
    }

    /** Linux: i_mmap_writable of the mapping. */
    private boolean isMappedForWriting() {
        boolean[] found = {false};
        file.forEachVma(0, Long.MAX_VALUE >>> 1, (vma, va) -> {
            found[0] |= (vma.flags() & VmFlags.SHARED) != 0 && (vma.flags() & VmFlags.MAYWRITE) != 0;
            return true;
        });
        return found[0];
    }

    /** Whether somebody holds a page beside the file and the mappings, and might write to it (Linux: memfd_wait_for_pins). */
    private boolean isHeld() {
        file.context.lru.drain();
        for (long index = file.next(0); index >= 0; ) {
            long head = file.find(index);
            if (frames.refcount(head) - frames.largeMapcount(head) != frames.pages(head)) {
                return true;
            }
            index = file.next(frames.index(head) + frames.pages(head));
        }
        return false;
    }

    /** Whether a size of {@code bytes} instead of {@code old} is allowed: 0 or negative. */
    public int checkSize(long old, long bytes) {
        int forbidden = bytes < old ? FileFlags.F_SEAL_SHRINK : bytes > old ? FileFlags.F_SEAL_GROW : 0;
        return possible && (bits & forbidden) != 0 ? -Errno.EPERM : 0;
    }

    /** Whether writing up to byte {@code end} of a file of {@code size} bytes is allowed: 0 or negative. */
    public int checkWrite(long size, long end) {
        return isWriteSealed() ? -Errno.EPERM : checkSize(size, Math.max(size, end));
    }

    /** Whether fallocate with {@code mode} up to byte {@code end} is allowed: 0 or negative. */
    public int checkAllocate(int mode, long size, long end) {
        return switch (mode) {
            case 0, FileFlags.FALLOC_FL_KEEP_SIZE -> checkSize(size, Math.max(size, end));
            case FileFlags.FALLOC_FL_PUNCH_HOLE | FileFlags.FALLOC_FL_KEEP_SIZE -> isWriteSealed() ? -Errno.EPERM : 0;
            default -> 0;
        };
    }

    /** Whether new shared mappings may not be written to. */
    public boolean isWriteSealed() {
        return possible && (bits & WRITES) != 0;
    }
}
