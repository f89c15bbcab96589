package org.mmkit.hugetlb;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.PathException;
import org.mmkit.core.gup.PinnedPages;
import org.mmkit.core.process.Process;

/**
 * What a kernel answered on a machine with several memory nodes (Linux 6.12 under QEMU): lines {@code > command} and their answers below.
 * Plays the commands to a model and gives back the same text with the model's answers.
 */
final class NodeRecording {

    private static final String POOLS = "/sys/kernel/mm/hugepages/hugepages-";
    private static final String NODE = "/sys/devices/system/node/node";
    private static final List<String> POLICIES = List.of("default", "preferred", "bind", "interleave", "local", "preferred-many");
    private static final long HUGE = 2 << 20;
    private static final int HWPOISON = 19;

    private record Area(long start, long length) {}

    private final List<String> lines;
    private final Machine machine;
    private final Map<String, Area> areas = new HashMap<>();
    private final StringBuilder out = new StringBuilder();
    private final Map<String, Long> frames = new HashMap<>();
    private Process process;
    private PinnedPages pins;

    NodeRecording(String name) throws IOException {
        try (InputStream in = NodeRecording.class.getResourceAsStream("/nodes/" + name + ".txt")) {
            lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
        machine = Machine.builder().arch("x86_64").contents(false).memory(setting("#mem ").replace(' ', ','))
                .cmdline(setting("#boot ")).build();
        process = machine.newProcess();
    }

    private String setting(String key) {
        return lines.stream().filter(line -> line.startsWith(key)).map(line -> line.substring(key.length()).strip()).findFirst().orElse("");
    }

    String recorded() {
        return String.join("\n", lines) + "\n";
    }

    Machine machine() {
        return machine;
    }

    String play() {
        for (String line : lines) {
            if (line.isEmpty() || line.startsWith("#")) {
                out.append(line).append('\n');
            } else if (line.startsWith("> ")) {
                out.append(line).append('\n');
                run(line.substring(2).strip());
                machine.verify();
            } else if (line.startsWith("!!")) {
                out.append(line).append('\n'); // the recording program touched what it had not got
            }
        }
        return out.toString();
    }

    private static long size(String text) {
        return Long.decode(text.replaceAll("[KMG]$", "")) << (text.endsWith("K") ? 10 : text.endsWith("M") ? 20 : text.endsWith("G") ? 30 : 0);
    }

    private static long mask(String text) {
        long mask = 0;
        for (String node : text.equals("-") ? new String[0] : text.split(",")) {
            mask |= 1L << Integer.parseInt(node);
        }
        return mask;
    }

    private void answer(long result) {
        out.append(result < 0 ? "-" + Errno.name((int) -result) : Long.toString(result)).append('\n');
    }

    private void run(String line) {
        String[] a = line.split(" +");
        switch (a[0]) {
            case "process" -> {
                process.exit();
                process = machine.newProcess();
                areas.clear();
            }
            case "echo" -> {
                String path = line.substring(line.indexOf(" > ") + 3);
                String text = line.substring("echo ".length(), line.indexOf(" > ")) + "\n";
                long result = process.call(() -> machine.write(path, text));
                answer(Math.min(result, 0));
            }
            case "cat" -> cat(a[1]);
            case "hp" -> pools(a.length > 1 ? a[1] : "2048");
            case "mmap" -> map(a);
            case "munmap" -> {
                Area area = areas.get(a[1]);
                answer(a.length > 3 ? process.munmap(area.start + size(a[2]), size(a[3])) : process.munmap(area.start, area.length));
            }
            case "touch" -> access(a, HUGE, true);
            case "read" -> access(a, HUGE, false);
            case "align" -> align(a);
            case "thp" -> hugeKilobytes(areas.get(a[1]));
            case "madvise" -> answer(process.madvise(areas.get(a[1]).start + size(a[2]), size(a[3]), Advice.MADV_SOFT_OFFLINE));
            case "save" -> {
                frames.put(a[3], frame(areas.get(a[1]).start + size(a[2])));
                answer(0);
            }
            case "same" -> answer(frames.get(a[3]) == frame(areas.get(a[1]).start + size(a[2])) ? 1 : 0);
            case "bad" -> answer(machine.pagemap().flags(frames.get(a[1]) + (a.length > 2 ? size(a[2]) : 0)) >>> HWPOISON & 1);
            case "offline" -> offline(frames.get(a[1]) + (a.length > 2 ? size(a[2]) : 0));
            case "pfn" -> offline(frame(areas.get(a[1]).start + size(a[2])));
            case "grep" -> machine.read(a[2]).lines().filter(text -> text.contains(a[1])).forEach(text -> out.append(text).append('\n'));
            case "uid" -> answer(process.credentials().setuid((int) size(a[1])));
            case "iopin" -> pin(areas.get(a[1]).start + size(a[2]), size(a[3]));
            case "iounpin" -> {
                pins.release();
                answer(0);
            }
            case "mbind" -> {
                int flags = 0;
                for (int i = 6; i < a.length; i++) {
                    flags |= a[i].equals("strict") ? 1 : a[i].equals("move") ? 2 : 4;
                }
                answer(process.mbind(areas.get(a[1]).start + size(a[2]), size(a[3]), POLICIES.indexOf(a[4]), mask(a[5]), flags));
            }
            case "setpol" -> answer(process.setMempolicy(POLICIES.indexOf(a[1]), mask(a[2])));
            case "move" -> move(a);
            case "migrate" -> answer(process.migratePages(mask(a[1]), mask(a[2])));
            case "stat" -> {
                List<String> values = new ArrayList<>();
                for (int i = 1; i < a.length; i++) {
                    values.add(Long.toString(machine.vmstat(a[i])));
                }
                out.append(String.join(" ", values)).append('\n');
            }
            case "fork" -> fork(a);
            case "where" -> where(areas.get(a[1]), a.length > 2 ? size(a[2]) : HUGE);
            case "maps" -> numaMaps(areas.get(a[1]));
            default -> throw new IllegalArgumentException(line);
        }
    }

    private void cat(String path) {
        try {
            out.append(machine.read(path));
        } catch (PathException e) {
            answer(-e.errno());
        }
    }

    private void map(String[] a) {
        int flags = MapFlags.MAP_ANONYMOUS | MapFlags.MAP_PRIVATE | MapFlags.MAP_HUGETLB;
        for (int i = 3; i < a.length; i++) {
            switch (a[i]) {
                case "noreserve" -> flags |= MapFlags.MAP_NORESERVE;
                case "small" -> flags &= ~MapFlags.MAP_HUGETLB;
                case "1G" -> flags |= 30 << 26;
                case "shared" -> flags = flags & ~MapFlags.MAP_PRIVATE | MapFlags.MAP_SHARED;
                default -> throw new IllegalArgumentException(a[i]);
            }
        }
        long start = process.mmap(0, size(a[2]), 3, flags, null, 0);
        if (start >= 0) {
            areas.put(a[1], new Area(start, size(a[2])));
        }
        answer(Math.min(start, 0));
    }

    private void access(String[] a, long huge, boolean write) {
        Area area = areas.get(a[1]);
        if (area == null) {
            return; // the recording program died here
        }
        long from = a.length > 2 ? size(a[2]) : 0;
        long end = a.length > 3 ? from + size(a[3]) : area.length;
        for (long at = from; at < end; at += a.length > 4 ? size(a[4]) : huge) {
            long result = write ? process.store(area.start + at, 1) : process.load(area.start + at);
            if (result < 0) {
                out.append("SIGBUS at ").append(at).append('\n');
                return;
            }
        }
        answer(0);
    }

    private void align(String[] a) {
        long bytes = size(a[2]);
        long start = process.mmap(0, bytes + HUGE, 3, MapFlags.MAP_ANONYMOUS | MapFlags.MAP_PRIVATE, null, 0);
        long aligned = start + HUGE - 1 & -HUGE;
        areas.put(a[1], new Area(aligned, bytes));
        answer(process.madvise(aligned, bytes, Advice.MADV_HUGEPAGE));
    }

    private void pin(long start, long length) {
        try {
            pins = process.pin(start, length);
            answer(0);
        } catch (ErrnoException e) {
            answer(-e.errno());
        }
    }

    private void hugeKilobytes(Area area) {
        String smaps = machine.read("/proc/" + process.pid() + "/smaps");
        String own = smaps.substring(smaps.indexOf(Long.toHexString(area.start) + "-"));
        answer(own.lines().filter(text -> text.startsWith("AnonHugePages:")).map(text -> text.split(" +")[1]).mapToLong(Long::parseLong)
                .findFirst().orElseThrow());
    }

    private long frame(long va) {
        return machine.pagemap().word(process.space(), va) & (1L << 55) - 1;
    }

    private void offline(long pfn) {
        String text = "0x" + Long.toHexString(pfn << 12) + "\n";
        answer(Math.min(0, process.call(() -> machine.write("/sys/devices/system/memory/soft_offline_page", text))));
    }

    private void move(String[] a) {
        boolean all = a[a.length - 1].equals("all");
        int n = a.length - 3 - (all ? 1 : 0);
        long[] addresses = new long[n];
        int[] nodes = new int[n];
        int[] status = new int[n];
        for (int i = 0; i < n; i++) {
            addresses[i] = areas.get(a[1]).start + size(a[i + 3]);
            nodes[i] = Integer.parseInt(a[2]);
            status[i] = -999;
        }
        long result = process.movePages(addresses, nodes, status, all ? 4 : 2);
        out.append(result < 0 ? "-" + Errno.name((int) -result) : Long.toString(result));
        for (int s : status) {
            out.append(' ').append(s == -999 ? "?" : s < 0 ? "-" + Errno.name(-s) : Integer.toString(s));
        }
        out.append('\n');
    }

    private void fork(String[] a) {
        try {
            Process child = process.fork();
            Area area = areas.get(a[1]);
            for (long at = size(a[2]); at < size(a[2]) + size(a[3]); at += HUGE) {
                child.store(area.start + at, 2);
            }
            pools("2048");
            child.exit();
        } catch (ErrnoException e) {
            throw new IllegalStateException(e);
        }
    }

    private void where(Area area, long step) {
        List<String> nodes = new ArrayList<>();
        for (long at = 0; at < area.length; at += step) {
            int node = process.nodeOf(area.start + at);
            nodes.add(node < 0 ? "-" + Errno.name(-node) : Integer.toString(node));
        }
        out.append(String.join(" ", nodes)).append('\n');
    }

    private void numaMaps(Area area) {
        String start = Long.toHexString(area.start) + " ";
        machine.read("/proc/" + process.pid() + "/numa_maps").lines().filter(line -> line.startsWith(start))
                .forEach(line -> out.append(line.substring(start.length())).append('\n'));
    }

    private long number(String path) {
        return Long.parseLong(machine.read(path).strip());
    }

    private void pools(String kilobytes) {
        String all = POOLS + kilobytes + "kB/";
        out.append("all ").append(number(all + "nr_hugepages")).append(" free ").append(number(all + "free_hugepages")).append(" surplus ")
                .append(number(all + "surplus_hugepages")).append(" resv ").append(number(all + "resv_hugepages"));
        for (int n = 0; n < machine.memory().nodes().count(); n++) {
            String node = NODE + n + "/hugepages/hugepages-" + kilobytes + "kB/";
            out.append(" | ").append(n).append(": ").append(number(node + "nr_hugepages")).append(" free ").append(number(node + "free_hugepages"))
                    .append(" surplus ").append(number(node + "surplus_hugepages"));
        }
        out.append('\n');
    }
}
