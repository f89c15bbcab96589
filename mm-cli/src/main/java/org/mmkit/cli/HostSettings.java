package org.mmkit.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.mmkit.core.Machine;
import org.mmkit.core.MachineBuilder;

/** What this computer's Linux says of itself, given to a model of it. */
final class HostSettings {

    private static final Pattern MEM_TOTAL = Pattern.compile("(?m)^MemTotal:\\s+(\\d+) kB$");
    /** Directories of settings that the model may share, in the order in which they are written. */
    private static final List<String> DIRECTORIES =
            List.of("/sys/kernel/mm/transparent_hugepage", "/sys/kernel/mm/hugepages", "/proc/sys/vm");
    /** Files of those directories that do something when written, rather than keep a setting. */
    private static final List<String> COMMANDS = List.of("compact_memory", "drop_caches", "demote", "stat_refresh");

    private final Path root;

    /** The host whose /proc and /sys lie below {@code root}. */
    HostSettings(Path root) {
        this.root = root;
    }

    /** Gives {@code builder} the host's memory, and its configuration where the kernel shows it. */
    void describe(MachineBuilder builder) throws IOException {
        Matcher memory = MEM_TOTAL.matcher(Files.readString(path("/proc/meminfo")));
        if (memory.find()) {
            builder.memory(Long.parseLong(memory.group(1)) << 10);
        }
        String release = Files.readString(path("/proc/sys/kernel/osrelease")).strip();
        for (String config : List.of("/proc/config.gz", "/boot/config-" + release)) {
            if (Files.isReadable(path(config))) {
                builder.config(path(config));
                return;
            }
        }
    }

    /**
     * Writes the host's settings to those of {@code machine}'s files that have another value.
     *
     * @return the files whose value the machine did not take
     */
    List<String> apply(Machine machine) throws IOException {
        List<String> refused = new ArrayList<>();
        for (String directory : DIRECTORIES) {
            if (!machine.isDirectory(directory) || !Files.isDirectory(path(directory))) {
                continue;
            }
            try (Stream<Path> files = Files.walk(path(directory))) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    String name = "/" + root.relativize(file);
                    if (!COMMANDS.contains(file.getFileName().toString()) && !copy(machine, file, name)) {
                        refused.add(name);
                    }
                }
            }
        }
        return refused;
    }

    private static boolean copy(Machine machine, Path file, String name) throws IOException {
        int slash = name.lastIndexOf('/');
        if (!machine.isDirectory(name.substring(0, slash))
                || !machine.list(name.substring(0, slash)).contains(name.substring(slash + 1))
                || !Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_WRITE)
                || !Files.isReadable(file)) {
            return true; // nothing that both have and that can be set
        }
        String theirs = Files.readString(file);
        return theirs.equals(machine.read(name)) || machine.write(name, chosen(theirs)) >= 0;
    }

    /** Of {@code "always [madvise] never"} the word in brackets; any other text as it is. */
    private static String chosen(String text) {
        Matcher choice = Pattern.compile("\\[(.+?)]").matcher(text);
        return choice.find() ? choice.group(1) + "\n" : text;
    }

    private Path path(String absolute) {
        return root.resolve(absolute.substring(1));
    }
}
