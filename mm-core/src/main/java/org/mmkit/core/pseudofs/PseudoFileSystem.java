package org.mmkit.core.pseudofs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.file.PseudoFile;
import org.mmkit.core.PathException;

/**
 * The files of /proc and /sys by their absolute paths. Directories are implied by the files below them.
 *
 * <p>Opening follows what Linux does for root: a file of /sys or /proc/sys without the permission bit is EACCES; any other file of
 * /proc opens, and the write itself fails (EIO, or EINVAL below /proc/PID). Not thread-safe.
 */
public final class PseudoFileSystem {

    private final TreeMap<String, PseudoFile> files = new TreeMap<>();
    private final Map<String, Directory> directories = new TreeMap<>();

    /** A directory whose entries come and go, such as /proc with one entry per process. */
    public interface Directory {

        /** The file at {@code path} below the directory ({@code "1/smaps"}), or null. */
        @Nullable PseudoFile find(String path);

        /** The names of the entries of {@code path} below the directory (empty: of the directory itself); empty when it is none. */
        List<String> list(String path);
    }

    /** Adds a file; its path must be free and no directory. */
    public void add(String path, PseudoFile file) {
        if (!path.startsWith("/") || path.endsWith("/") || path.contains("//")) {
            throw new IllegalArgumentException("not an absolute path of a file: \"" + path + "\"");
        }
        if (files.containsKey(path) || isDirectory(path)) {
            throw new IllegalArgumentException("there is a file or directory " + path + " already");
        }
        files.put(path, file);
    }

    /** Whether a file was added under {@code path}. */
    public boolean has(String path) {
        return files.containsKey(path);
    }

    /** Adds entries that are looked up each time to the directory {@code path}. */
    public void addDirectory(String path, Directory directory) {
        directories.put(path, directory);
    }

    /**
     * The content of {@code path}.
     *
     * @throws PathException ENOENT, EISDIR, or EACCES when the file cannot be read
     */
    public String read(String path) {
        PseudoFile file = find(path);
        if (file == null) {
            throw new PathException(path, isDirectory(path) ? Errno.EISDIR : Errno.ENOENT);
        }
        if (!file.isReadable()) {
            throw new PathException(path, Errno.EACCES);
        }
        return file.read();
    }

    /**
     * Up to {@code length} bytes from {@code offset} of the binary file {@code path}, little-endian words; empty at its end.
     *
     * @throws PathException as {@link #read}, and EINVAL when offset or length is no multiple of 8 or the file is a text
     */
    public byte[] readBytes(String path, long offset, int length) {
        PseudoFile file = find(path);
        if (file == null) {
            throw new PathException(path, isDirectory(path) ? Errno.EISDIR : Errno.ENOENT);
        }
        if (!(file instanceof WordFile words)) {
            throw new PathException(path, Errno.EINVAL);
        }
        return words.read(offset, length);
    }

    /** Whether {@code path} is a file. */
    public boolean isFile(String path) {
        return find(path) != null;
    }

    /**
     * Writes {@code text} to {@code path} with one write(2).
     *
     * @return the bytes written, or a negated error number
     */
    public long write(String path, String text) {
        PseudoFile file = find(path);
        if (file == null) {
            return isDirectory(path) ? -Errno.EISDIR : -Errno.ENOENT;
        }
        if (!file.isWritable()) {
            return -refusal(path);
        }
        int result = file.write(text);
        return result < 0 ? result : text.length();
    }

    private static int refusal(String path) {
        if (path.startsWith("/sys/") || path.startsWith("/proc/sys/")) {
            return Errno.EACCES;
        }
        return path.matches("/proc/[0-9]+/.*") ? Errno.EINVAL : Errno.EIO;
    }

    /** The names below the directory {@code path}, sorted; {@link PathException} ENOENT or ENOTDIR when it is none. */
    public List<String> list(String path) {
        if (!isDirectory(path)) {
            throw new PathException(path, find(path) == null ? Errno.ENOENT : Errno.ENOTDIR);
        }
        TreeSet<String> names = new TreeSet<>(PseudoFileSystem::compareNames);
        String prefix = path.equals("/") ? "/" : path + "/";
        for (String file : files.tailMap(prefix).keySet()) {
            if (!file.startsWith(prefix)) {
                break;
            }
            int slash = file.indexOf('/', prefix.length());
            names.add(slash < 0 ? file.substring(prefix.length()) : file.substring(prefix.length(), slash));
        }
        for (Map.Entry<String, Directory> entry : directories.entrySet()) {
            if (path.equals(entry.getKey())) {
                names.addAll(entry.getValue().list(""));
            } else if (path.startsWith(entry.getKey() + "/")) {
                names.addAll(entry.getValue().list(path.substring(entry.getKey().length() + 1)));
            } else if (entry.getKey().startsWith(prefix)) {
                int slash = entry.getKey().indexOf('/', prefix.length());
                names.add(slash < 0 ? entry.getKey().substring(prefix.length()) : entry.getKey().substring(prefix.length(), slash));
            }
        }
        return new ArrayList<>(names);
    }

    /** Whether {@code path} is a directory. */
    public boolean isDirectory(String path) {
        if (path.equals("/")) {
            return true;
        }
        String next = files.ceilingKey(path + "/");
        if (next != null && next.startsWith(path + "/")) {
            return true;
        }
        for (Map.Entry<String, Directory> entry : directories.entrySet()) {
            if (path.equals(entry.getKey()) || entry.getKey().startsWith(path + "/")
                    || path.startsWith(entry.getKey() + "/")
                            && !entry.getValue().list(path.substring(entry.getKey().length() + 1)).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** The file at {@code path}, or null. */
    public @Nullable PseudoFile find(String path) {
        PseudoFile file = files.get(path);
        if (file != null) {
            return file;
        }
        for (Map.Entry<String, Directory> entry : directories.entrySet()) {
            if (path.startsWith(entry.getKey() + "/")) {
                file = entry.getValue().find(path.substring(entry.getKey().length() + 1));
                if (file != null) {
                    return file;
                }
            }
        }
        return null;
    }

    /** Numbers by value and before names, as ls -v shows /proc. */
    private static int compareNames(String a, String b) {
        boolean number = a.chars().allMatch(Character::isDigit);
        if (number && b.chars().allMatch(Character::isDigit)) {
            return Integer.compare(Integer.parseInt(a), Integer.parseInt(b));
        }
        return number ? -1 : b.chars().allMatch(Character::isDigit) ? 1 : a.compareTo(b);
    }
}
