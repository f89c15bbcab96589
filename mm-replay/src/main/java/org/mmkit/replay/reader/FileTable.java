package org.mmkit.replay.reader;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The files that a recording maps, each once. Filled by one thread through {@link RecordingBuilder}; read-only afterwards. */
public final class FileTable {

    /**
     * One file.
     *
     * @param device as the recording prints it, {@code "fe:00"}
     * @param inode inode number
     * @param path as the recording prints it
     * @param sharedMemory whether its pages are shared memory rather than pages of a file on a disk
     * @param hugePageBytes the size of its HugeTLB pages; 0 for a file of base pages
     */
    public record MappedFile(String device, long inode, String path, boolean sharedMemory, long hugePageBytes) {

        /** The same as shared memory of base pages. */
        public MappedFile ordinary() {
            return new MappedFile(device, inode, path, true, 0);
        }
    }

    private record Key(String device, long inode, String path) {}

    private final List<MappedFile> files = new ArrayList<>();
    private final Map<Key, Integer> index = new HashMap<>();

    FileTable() {}

    /** Number of files. */
    public int size() {
        return files.size();
    }

    /** The file with number {@code i}. */
    public MappedFile get(int i) {
        return files.get(i);
    }

    int intern(String device, long inode, String path) {
        // One file may be reached by several paths, and files on some file systems have inode 0: then the path tells.
        Key key = inode != 0 ? new Key(device, inode, "") : new Key(device, 0, path);
        Integer known = index.get(key);
        if (known != null) {
            return known;
        }
        int i = files.size();
        files.add(new MappedFile(device, inode, path, isSharedMemory(path), 0));
        index.put(key, i);
        return i;
    }

    int addPrivateShared(String path) {
        int i = files.size();
        files.add(new MappedFile("00:00", i, path, true, 0));
        return i;
    }

    /** Marks the files that consist of HugeTLB pages, once all is read. */
    void markHuge(HugetlbMounts mounts) {
        files.replaceAll(f -> new MappedFile(f.device, f.inode, f.path, f.sharedMemory, mounts.pageBytes(f.device, f.path)));
    }

    private static boolean isSharedMemory(String path) {
        return path.startsWith("/dev/zero")
                || path.startsWith("/memfd:")
                || path.startsWith("/SYSV")
                || path.startsWith("/dev/shm/")
                || path.startsWith("/run/shm/");
    }
}
