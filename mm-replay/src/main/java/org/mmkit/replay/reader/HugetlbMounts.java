package org.mmkit.replay.reader;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Which files of a recording consist of HugeTLB pages, and of which size. Told by the recorder or the user, learned from MAP_HUGETLB (all
 * nameless files of one page size are on one device of the kernel), or guessed from where hugetlbfs is usually mounted. Not thread-safe.
 */
final class HugetlbMounts {

    /** The page size of MAP_HUGETLB without size bits, as x86-64 kernels have it unless they are booted otherwise. */
    static final long USUAL_BYTES = 2L << 20;

    private static final long GIB = 1L << 30;

    /** The kernel's own tmpfs, of which memfd and System V memory of base pages are. */
    private static final String TMPFS = "00:01";

    /** Where systemd, libhugetlbfs, DPDK and container runtimes mount it. */
    private static final Pattern USUAL = Pattern.compile("/((dev|mnt|run)/)?huge(pages)?[^/]*/.+|/var/lib/hugetlbfs/.+");

    private static final Pattern OF_GIGANTIC = Pattern.compile(".*(1G|1048576kB|1024M).*/.*");

    private final Map<String, Long> devices = new HashMap<>();
    private final Map<String, Long> paths = new LinkedHashMap<>();

    /** Files on {@code device}, printed as perf does, have pages of {@code bytes}; the first word counts. */
    void device(String device, long bytes) {
        devices.putIfAbsent(device, bytes);
    }

    /** Files below {@code folder} have pages of {@code bytes}. */
    void folder(String folder, long bytes) {
        paths.put(folder.endsWith("/") ? folder : folder + "/", bytes);
    }

    /** Takes a line {@code # hugetlbfs DEVICE BYTES FOLDER} as {@code mm record} writes it; others are comments. */
    void comment(String line) {
        String[] words = line.strip().split(" ", 5);
        if (words.length == 5 && words[1].equals("hugetlbfs") && words[3].matches("[0-9]{4,12}")) {
            device(words[2], Long.parseLong(words[3]));
        }
    }

    /** The page size of the file {@code path} on {@code device} in bytes; 0 for one of base pages. */
    long pageBytes(String device, String path) {
        for (Map.Entry<String, Long> folder : paths.entrySet()) {
            if (path.startsWith(folder.getKey())) {
                return folder.getValue();
            }
        }
        Long known = devices.get(device);
        if (known != null) {
            return known;
        }
        boolean nameless = path.startsWith("/memfd:") || path.startsWith("/SYSV");
        if (path.startsWith("/anon_hugepage") || nameless && device.startsWith("00:") && !device.equals(TMPFS) && !device.equals("00:00")) {
            return USUAL_BYTES;
        }
        boolean noDisk = device.isEmpty() || device.startsWith("00:");
        return noDisk && USUAL.matcher(path).matches() ? OF_GIGANTIC.matcher(path).matches() ? GIB : USUAL_BYTES : 0;
    }
}
