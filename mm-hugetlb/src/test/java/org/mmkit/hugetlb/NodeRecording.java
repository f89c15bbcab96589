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
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.PathException;
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

    private record Area(long start, long length) {}

    private final List<String> lines;
    private final Machine machine;
    private final Map<String, Area> areas = new HashMap<>();
    private final StringBuilder out = new StringBuilder();
    private Process process;

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
            case "touch" -> touch(a);
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
            case "where" -> where(areas.get(a[1]));
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

    private void touch(String[] a) {
        Area area = areas.get(a[1]);
        if (area == null) {
            return; // the recording program died here
        }
        for (long at = 0; at < area.length; at += HUGE) {
            if (process.store(area.start + at, 1) < 0) {
                out.append("SIGBUS at ").append(at).append('\n');
                return;
            }
        }
        answer(0);
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

    private void where(Area area) {
        List<String> nodes = new ArrayList<>();
        for (long at = 0; at < area.length; at += HUGE) {
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
