package org.mmkit.core.vfs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.file.FileFlags;
import org.mmkit.api.file.FileMapping;
import org.mmkit.api.space.MapFlags;
import org.mmkit.api.space.VmFlags;
import org.mmkit.api.task.Caller;
import org.mmkit.api.task.Capability;
import org.mmkit.core.pagecache.PageCache;
import org.mmkit.core.process.Process;
import org.mmkit.core.space.VmArea;

/**
 * System V shared memory (Linux: ipc/shm.c). A segment that was removed lives until its last attachment goes. Results below
 * 0 are negated error numbers.
 */
public final class SharedMemorySegments {

    /** Largest segment in bytes (SHMMAX). */
    private static final long LARGEST = Long.MAX_VALUE - (1L << 24);

    private final Vfs vfs;
    private final long pageSize;
    private final Map<Integer, Segment> byId = new HashMap<>();
    private final Map<FileMapping, Segment> byFile = new HashMap<>();
    private int lastId = -1;

    private static final class Segment {
        final int id;
        final long size;
        final FileDescription file;
        final int owner;
        int key;
        boolean removed;
        /** Takes back what SHM_LOCK counted for its user; null when it is not locked. */
        @Nullable Runnable unlock;

        Segment(int id, int key, long size, FileDescription file, int owner) {
            this.owner = owner;
            this.id = id;
            this.key = key;
            this.size = size;
            this.file = file;
        }
    }

    SharedMemorySegments(Vfs vfs, long pageSize) {
        this.vfs = vfs;
        this.pageSize = pageSize;
    }

    /** shmget(2): the segment number. */
    public int shmget(int key, long size, int flags) {
        vfs.calls.stop();
        try {
            if (key != FileFlags.IPC_PRIVATE) {
                for (Segment segment : byId.values()) {
                    if (segment.key == key) {
                        return existing(segment, size, flags);
                    }
                }
                if ((flags & FileFlags.IPC_CREAT) == 0) {
                    return -Errno.ENOENT;
                }
            }
            if (size < 1 || size > LARGEST) {
                return -Errno.EINVAL;
            }
            try {
                Segment segment = new Segment(++lastId, key, size, vfs.segment(key, size, flags), vfs.caller().uid());
                byId.put(segment.id, segment);
                byFile.put(segment.file.mapping(), segment);
                segment.file.mapping().whenUnmapped(() -> destroyIfUnused(segment));
                return segment.id;
            } catch (ErrnoException e) {
                return -e.errno();
            }
        } finally {
            vfs.calls.resume();
        }
    }

    private static int existing(Segment segment, long size, int flags) {
        int exclusive = FileFlags.IPC_CREAT | FileFlags.IPC_EXCL;
        if ((flags & exclusive) == exclusive) {
            return -Errno.EEXIST;
        }
        return size > segment.size ? -Errno.EINVAL : segment.id;
    }

    private int lock(Segment segment, boolean lock) {
        Caller caller = vfs.caller();
        if (!caller.isCapable(Capability.CAP_IPC_LOCK) && (caller.uid() != segment.owner || lock && caller.lockLimit() == 0)) {
            return -Errno.EPERM;
        }
        if (segment.file.inode().pageShift() > 0) {
            return 0; // pools of huge pages are never reclaimed anyway
        }
        if (lock && segment.unlock == null) {
            Optional<Runnable> unlock = caller.lockShared(segment.size);
            if (unlock.isEmpty()) {
                return -Errno.ENOMEM;
            }
            segment.unlock = unlock.get();
        } else if (!lock) {
            unlock(segment);
        }
        ((PageCache) segment.file.mapping()).setUnevictable(lock);
        return 0;
    }

    private static void unlock(Segment segment) {
        Runnable unlock = segment.unlock;
        segment.unlock = null;
        if (unlock != null) {
            unlock.run();
        }
    }

    private void destroyIfUnused(Segment segment) {
        if (segment.removed && segment.file.mapping().areas() == 0 && byId.remove(segment.id) != null) {
            byFile.remove(segment.file.mapping());
            unlock(segment);
            segment.file.release();
        }
    }

    /** shmat(2): the address. */
    public long shmat(Process process, int id, long address, int flags) {
        vfs.calls.stop();
        try {
            Segment segment = byId.get(id);
            long at = address;
            if (at != 0 && (at & pageSize - 1) != 0) {
                if ((flags & FileFlags.SHM_RND) == 0) {
                    return -Errno.EINVAL;
                }
                at &= -pageSize;
                if (at == 0 && (flags & FileFlags.SHM_REMAP) != 0) {
                    return -Errno.EINVAL;
                }
            } else if (at == 0 && (flags & FileFlags.SHM_REMAP) != 0) {
                return -Errno.EINVAL;
            }
            if (segment == null) {
                return -Errno.EINVAL;
            }
            long size = segment.file.inode().size();
            if (at != 0 && (flags & FileFlags.SHM_REMAP) == 0 && meets(process, at, at + size)) {
                return -Errno.EINVAL;
            }
            int prot = (int) VmFlags.READ
                    | ((flags & FileFlags.SHM_RDONLY) != 0 ? 0 : (int) VmFlags.WRITE)
                    | ((flags & FileFlags.SHM_EXEC) != 0 ? (int) VmFlags.EXEC : 0);
            int access = (flags & FileFlags.SHM_RDONLY) != 0 ? FileFlags.O_RDONLY : FileFlags.O_RDWR;
            // Each attachment maps a description of its own, so that two of them never merge.
            FileDescription file = FileDescription.attached(segment.file.node(), access);
            return process.mmap(at, size, prot, MapFlags.MAP_SHARED | (at != 0 ? MapFlags.MAP_FIXED : 0), file, 0);
        } finally {
            vfs.calls.resume();
        }
    }

    private static boolean meets(Process process, long start, long end) {
        VmArea next = process.space().findOrNext(start);
        return next != null && Long.compareUnsigned(next.start(), end) < 0;
    }

    /** shmdt(2): removes all areas of the attachment that began at {@code address}. */
    public int shmdt(Process process, long address) {
        vfs.calls.stop();
        try {
            if ((address & pageSize - 1) != 0) {
                return -Errno.EINVAL;
            }
            @Nullable Segment found = null;
            List<VmArea> parts = new ArrayList<>();
            for (VmArea area : process.space().areas()) {
                Segment segment = area.hasFile() ? byFile.get(area.file()) : null;
                boolean belongs = segment != null
                        && Long.compareUnsigned(area.start(), address) >= 0
                        && area.start() - address == area.pgoff() * pageSize
                        && (found == null || found == segment && area.start() - address < segment.file.inode().size());
                if (belongs) {
                    found = segment;
                    parts.add(area);
                }
            }
            for (VmArea part : parts) {
                long failed = process.munmap(part.start(), part.end() - part.start());
                if (failed != 0) {
                    return (int) failed;
                }
            }
            return found == null ? -Errno.EINVAL : 0;
        } finally {
            vfs.calls.resume();
        }
    }

    /** shmctl(2); the contents of the structure that {@code buffer} points to are not looked at, and none is at NULL. */
    public int shmctl(int id, int command, long buffer) {
        vfs.calls.stop();
        try {
            boolean copiesIn = command == FileFlags.IPC_SET || command == FileFlags.IPC_INFO || command == FileFlags.SHM_INFO;
            if (copiesIn && id >= 0 && buffer == 0) {
                return -Errno.EFAULT;
            }
            Segment segment = byId.get(id);
            if (segment == null || id < 0) {
                return -Errno.EINVAL;
            }
            switch (command) {
                case FileFlags.IPC_RMID -> {
                    segment.removed = true;
                    segment.key = FileFlags.IPC_PRIVATE;
                    destroyIfUnused(segment);
                    return 0;
                }
                case FileFlags.IPC_SET, FileFlags.IPC_STAT -> {
                    return buffer == 0 ? -Errno.EFAULT : 0;
                }
                case FileFlags.SHM_LOCK, FileFlags.SHM_UNLOCK -> {
                    return lock(segment, command == FileFlags.SHM_LOCK);
                }
                default -> {
                    return -Errno.EINVAL;
                }
            }
        } finally {
            vfs.calls.resume();
        }
    }
}
