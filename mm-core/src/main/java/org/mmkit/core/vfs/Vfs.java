package org.mmkit.core.vfs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.file.FileFlags;
import org.mmkit.api.file.FilePages;
import org.mmkit.api.file.FileSystem;
import org.mmkit.api.file.FileSystemType;
import org.mmkit.api.file.FileSystems;
import org.mmkit.api.file.HugeFileProvider;
import org.mmkit.api.file.Inode;
import org.mmkit.api.file.Mappable;
import org.mmkit.api.file.MappingHost;
import org.mmkit.api.file.Ownership;
import org.mmkit.api.space.VmFlags;
import org.mmkit.api.task.Caller;
import org.mmkit.api.task.Capability;
import org.mmkit.core.lock.StopMachine;
import org.mmkit.core.pagecache.CacheContext;
import org.mmkit.core.pagecache.HostFile;
import org.mmkit.core.pagecache.PageCache;
import org.mmkit.core.shmem.Shmem;
import org.mmkit.core.space.MappingSources;

/**
 * The file systems and files of a machine. A directory exists when something was to be mounted there; files lie directly in such
 * directories.
 * Results below 0 are negated error numbers.
 */
@SuppressWarnings("exports") // some methods are for the engine alone, whose packages are not exported
public final class Vfs implements FileSystems {

    /** What open gives a new file. */
    private static final int NEW_FILE = 0600;

    private final CacheContext context;
    private final Shmem shmem;
    private final boolean hasMemfd;
    final StopMachine calls;
    private final Map<String, FileSystemType> types = new HashMap<>();
    private final List<Mount> mounts = new ArrayList<>();
    private final Set<String> directories = new HashSet<>();
    private final Map<HostKey, Node> hostFiles = new HashMap<>();
    private @Nullable HugeFileProvider hugeFiles;

    /** Who makes the call that runs. */
    private Supplier<Caller> caller = () -> Caller.KERNEL;

    private record HostKey(long device, long inode) {}

    /** Knows tmpfs already; {@code hasMemfd} is MEMFD_CREATE of the configuration, {@code calls} lets one call in at a time. */
    public Vfs(CacheContext context, Shmem shmem, boolean hasMemfd, StopMachine calls) {
        this.calls = calls;
        this.hasMemfd = hasMemfd;
        this.context = context;
        this.shmem = shmem;
        register(shmem);
    }

    @Override
    public void register(FileSystemType type) {
        if (types.putIfAbsent(type.name(), type) != null) {
            throw new IllegalArgumentException("there is a file-system type " + type.name() + " already");
        }
    }

    /** From now on {@code current} says who makes the call that runs. */
    void setCaller(Supplier<Caller> current) {
        caller = current;
    }

    /** Who makes the call that runs. */
    Caller caller() {
        return caller.get();
    }

    @Override
    public void hugeFiles(HugeFileProvider provider) {
        if (hugeFiles != null) {
            throw new IllegalArgumentException("huge files have a provider already: " + hugeFiles);
        }
        hugeFiles = provider;
    }

    @Override
    public FilePages newPages(MappingHost host, String name, long device) {
        return new HostedPages(context, host, name, device);
    }

    @Override
    public long newDevice() {
        return context.newDevice();
    }

    /** mount(2): makes a file system of {@code type} at {@code directory}. */
    public int mount(String type, String options, String directory, boolean readOnly) {
        calls.stop();
        try {
            FileSystemType maker = types.get(type);
            if (maker == null) {
                return -Errno.ENODEV;
            }
            if (!caller().isCapable(Capability.CAP_SYS_ADMIN)) {
                return -Errno.EPERM;
            }
            directories.add(directory);
            try {
                mounts.add(new Mount(directory, maker.mount(options), readOnly));
                return 0;
            } catch (ErrnoException e) {
                return -e.errno();
            }
        } finally {
            calls.resume();
        }
    }

    /** mount(2) with MS_REMOUNT; with MS_RDONLY too if {@code readOnly}, and without it files may be written again. */
    public int remount(String options, String directory, boolean readOnly) {
        calls.stop();
        try {
            if (!caller().isCapable(Capability.CAP_SYS_ADMIN)) {
                return -Errno.EPERM;
            }
            Mount mount = mountAt(directory);
            if (mount == null) {
                return directories.contains(directory) ? -Errno.EINVAL : -Errno.ENOENT;
            }
            if (readOnly && !mount.readOnly && mount.hasWriters()) {
                return -Errno.EBUSY;
            }
            int result = mount.fileSystem.remount(options);
            if (result == 0) {
                mount.readOnly = readOnly;
            }
            return result;
        } finally {
            calls.resume();
        }
    }

    /** umount(2). */
    public int umount(String directory) {
        calls.stop();
        try {
            if (!caller().isCapable(Capability.CAP_SYS_ADMIN)) {
                return -Errno.EPERM;
            }
            Mount mount = mountAt(directory);
            if (mount == null) {
                return directories.contains(directory) ? -Errno.EINVAL : -Errno.ENOENT;
            }
            if (mount.isBusy()) {
                return -Errno.EBUSY;
            }
            mounts.remove(mount);
            mount.takeAway();
            return 0;
        } finally {
            calls.resume();
        }
    }

    /** The mount at exactly {@code directory} that hides the others there. */
    private @Nullable Mount mountAt(String directory) {
        for (int i = mounts.size() - 1; i >= 0; i--) {
            if (mounts.get(i).directory.equals(directory)) {
                return mounts.get(i);
            }
        }
        return null;
    }

    /** The file system that holds {@code path}, which may be a mounted directory or a file in it. */
    public FileSystem statfs(String path) throws ErrnoException {
        calls.stop();
        try {
            Mount mount = holder(path);
            if (mount == null) {
                mount = parent(path);
                if (!mount.names.containsKey(name(mount, path))) {
                    throw new ErrnoException(Errno.ENOENT);
                }
            }
            return mount.fileSystem;
        } finally {
            calls.resume();
        }
    }

    private Mount parent(String path) throws ErrnoException {
        int slash = path.lastIndexOf('/');
        Mount mount = slash <= 0 ? null : holder(path.substring(0, slash));
        if (mount == null) {
            throw new ErrnoException(Errno.ENOENT);
        }
        return mount;
    }

    /** The mount that {@code directory} belongs to: the one there, or that of the directories above when nothing is mounted on it now. */
    private @Nullable Mount holder(String directory) {
        Mount mount = mountAt(directory);
        if (mount != null || !directories.contains(directory)) {
            return mount;
        }
        int slash = directory.lastIndexOf('/');
        return slash <= 0 ? null : mountAt(directory.substring(0, slash));
    }

    private static String name(Mount mount, String path) {
        return path.substring(mount.directory.length() + 1);
    }

    private void demand(Ownership of, int what) throws ErrnoException {
        if (!of.allows(caller(), what)) {
            throw new ErrnoException(Errno.EACCES);
        }
    }

    /**
     * open(2). A new file is its maker's, with mode 0600.
     *
     * @param flags bits of {@link FileFlags}
     */
    public FileDescription open(String path, int flags) throws ErrnoException {
        calls.stop();
        try {
            if (mountAt(path) != null) {
                throw new ErrnoException(Errno.EISDIR);
            }
            Mount mount = parent(path);
            Ownership root = mount.fileSystem.root();
            demand(root, Ownership.SEARCH);
            String name = name(mount, path);
            Node node = mount.names.get(name);
            boolean writes = (flags & FileFlags.O_ACCMODE) != FileFlags.O_RDONLY || (flags & FileFlags.O_TRUNC) != 0;
            if (node == null) {
                if ((flags & FileFlags.O_CREAT) == 0) {
                    throw new ErrnoException(Errno.ENOENT);
                }
                if (mount.readOnly) {
                    throw new ErrnoException(Errno.EROFS);
                }
                demand(root, Ownership.WRITE | Ownership.SEARCH);
                node = new Node(mount.fileSystem.create(path), mount, true, calls, new Ownership(caller().uid(), caller().gid(), NEW_FILE));
                mount.names.put(name, node);
            } else if ((flags & (FileFlags.O_CREAT | FileFlags.O_EXCL)) == (FileFlags.O_CREAT | FileFlags.O_EXCL)) {
                throw new ErrnoException(Errno.EEXIST);
            } else if (writes && mount.readOnly) {
                throw new ErrnoException(Errno.EROFS);
            } else {
                boolean reads = (flags & FileFlags.O_ACCMODE) != FileFlags.O_WRONLY;
                demand(node.ownership(), (reads ? Ownership.READ : 0) | (writes ? Ownership.WRITE : 0));
            }
            if ((flags & FileFlags.O_TRUNC) != 0) {
                int result = node.inode().truncate(0);
                if (result < 0) {
                    throw new ErrnoException(-result);
                }
            }
            return new FileDescription(node, flags);
        } finally {
            calls.resume();
        }
    }

    /** unlink(2). */
    public int unlink(String path) {
        calls.stop();
        try {
            try {
                Mount mount = parent(path);
                if (mount.readOnly) {
                    return -Errno.EROFS;
                }
                Ownership root = mount.fileSystem.root();
                demand(root, Ownership.SEARCH);
                Node node = mount.names.get(name(mount, path));
                if (node == null) {
                    return -Errno.ENOENT;
                }
                demand(root, Ownership.WRITE | Ownership.SEARCH);
                if (!root.allowsRemoval(caller(), node.ownership())) {
                    return -Errno.EPERM;
                }
                mount.names.remove(name(mount, path));
                node.unlink();
                return 0;
            } catch (ErrnoException e) {
                return -e.errno();
            }
        } finally {
            calls.resume();
        }
    }

    /** memfd_create(2). */
    public FileDescription memfd(String name, int flags) throws ErrnoException {
        calls.stop();
        try {
            if (!hasMemfd) {
                throw new ErrnoException(Errno.ENOSYS);
            }
            boolean huge = (flags & FileFlags.MFD_HUGETLB) != 0;
            int known = FileFlags.MFD_CLOEXEC
                    | FileFlags.MFD_ALLOW_SEALING
                    | FileFlags.MFD_HUGETLB
                    | FileFlags.MFD_NOEXEC_SEAL
                    | FileFlags.MFD_EXEC
                    | (huge ? FileFlags.HUGE_MASK << FileFlags.HUGE_SHIFT : 0);
            int either = FileFlags.MFD_EXEC | FileFlags.MFD_NOEXEC_SEAL;
            if ((flags & ~known) != 0 || (flags & either) == either || name.length() > 249) {
                throw new ErrnoException(Errno.EINVAL);
            }
            String shown = "/memfd:" + name + " (deleted)";
            Inode inode = huge
                    ? provider().create(HugeFileProvider.Use.MEMFD, shown, 0, pageShift(flags), false)
                    : shmem.createUnlinked(shown, 0, false);
            ((PageCache) inode.mapping()).seals().begin(flags);
            return unnamed(inode);
        } finally {
            calls.resume();
        }
    }

    private static int pageShift(int flags) {
        return flags >>> FileFlags.HUGE_SHIFT & FileFlags.HUGE_MASK;
    }

    private HugeFileProvider provider() throws ErrnoException {
        HugeFileProvider provider = hugeFiles;
        if (provider == null) {
            // As hugetlb_file_setup of a kernel without CONFIG_HUGETLBFS.
            throw new ErrnoException(Errno.ENOSYS);
        }
        return provider;
    }

    private FileDescription unnamed(Inode inode) {
        return new FileDescription(new Node(inode, null, false, calls), FileFlags.O_RDWR);
    }

    /** Where mmap gets memory that belongs to no open file. */
    public MappingSources sources() {
        return new MappingSources() {
            @Override
            public Mappable sharedAnonymous(long bytes, long areaFlags) throws ErrnoException {
                return mappedOnly(shmem.createUnlinked("/dev/zero (deleted)", bytes, (areaFlags & VmFlags.NORESERVE) == 0));
            }

            @Override
            public Mappable huge(long bytes, int pageShift, boolean reserve) throws ErrnoException {
                // The pages are reserved when the area is made, for it says whether it is shared.
                return mappedOnly(provider().create(
                        HugeFileProvider.Use.ANONYMOUS, "/anon_hugepage (deleted)", bytes, pageShift, false));
            }
        };
    }

    private FileDescription mappedOnly(Inode inode) {
        return FileDescription.mappedOnly(new Node(inode, null, false, calls));
    }

    /** The file of a System V segment. */
    FileDescription segment(int key, long size, int flags) throws ErrnoException {
        String name = String.format("/SYSV%08x (deleted)", key);
        if ((flags & FileFlags.SHM_HUGETLB) == 0) {
            return unnamed(shmem.createUnlinked(name, size, (flags & FileFlags.SHM_NORESERVE) == 0));
        }
        boolean reserve = (flags & FileFlags.SHM_NORESERVE) == 0;
        return unnamed(provider().create(HugeFileProvider.Use.SHM, name, size, pageShift(flags), reserve));
    }

    /**
     * Opens a file of the host read-only, all of whose pages count as cached.
     *
     * @param size in bytes; a file that was opened before keeps the larger size
     */
    public FileDescription hostFile(String name, long device, long inode, long size) {
        calls.stop();
        try {
            Node node = hostFiles.computeIfAbsent(
                    new HostKey(device, inode),
                    key -> new Node(new HostFile(context, name, device, inode, size), null, true, calls));
            ((HostFile) node.inode()).grow(size);
            return new FileDescription(node, FileFlags.O_RDONLY);
        } finally {
            calls.resume();
        }
    }

    /** The same, opened for writing too: what a recorded program maps shared and writable. */
    public FileDescription writableHostFile(String name, long device, long inode, long size) {
        calls.stop();
        try {
            hostFile(name, device, inode, size).release();
            return new FileDescription(Objects.requireNonNull(hostFiles.get(new HostKey(device, inode))), FileFlags.O_RDWR);
        } finally {
            calls.resume();
        }
    }

    /** Page {@code index} of a host file is passed over by fault-around, as one that is locked or marked for readahead. */
    public void passOver(FileDescription hostFile, long index) {
        calls.stop();
        try {
            if (!(hostFile.inode() instanceof HostFile file)) {
                throw new IllegalArgumentException(hostFile + " is no file of the host");
            }
            file.skipAround(index);
        } finally {
            calls.resume();
        }
    }

    /** Drops the clean pages that nobody maps; of shared memory those that nobody has written to. */
    void dropPageCache() {
        calls.stop();
        try {
            shmem.dropUnused();
            hostFiles.values().forEach(node -> ((HostFile) node.inode()).dropUnused());
            // The files of other file systems, of which there always are some, empty the batches when theirs are looked up.
            shmem.drainLists();
        } finally {
            calls.resume();
        }
    }
}
