package org.mmkit.cli;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * Records a program's page faults and memory system calls with perf(1), transparent huge pages switched off for it.
 *
 * <p>Off, because then every first touch of every page is a fault and is seen; the recording can be replayed under any
 * other setting. The program is started by a few words of Perl or Python that call {@code prctl(PR_SET_THP_DISABLE, 1)}
 * and become the program; nothing else does so from a shell.
 */
final class PerfRecorder {

    private static final String[] CALLS = {"mmap", "munmap", "brk", "madvise", "mremap", "mprotect", "prctl"};
    private static final Path[] TRACEFS = {Path.of("/sys/kernel/tracing"), Path.of("/sys/kernel/debug/tracing")};

    /** A line of mountinfo: device, mount point and page size. */
    private static final Pattern HUGETLBFS = Pattern.compile("^\\d+ \\d+ (\\d+):(\\d+) \\S+ (\\S+) .* - hugetlbfs .*pagesize=(\\d+[KMG])");

    // 157 is prctl(2) on x86-64, 41 is PR_SET_THP_DISABLE. SIGINT is ignored up to here, see RecordCommand.
    private static final String PERL =
            "$SIG{INT}='DEFAULT'; syscall(157,41,1,0,0,0)==0 or die \"prctl: $!\\n\"; exec {$ARGV[0]} @ARGV or die \"$ARGV[0]: $!\\n\"";
    private static final String PYTHON =
            "import ctypes,os,signal,sys; signal.signal(signal.SIGINT, signal.SIG_DFL); "
                    + "ctypes.CDLL(None).prctl(41,1,0,0,0) and sys.exit('prctl failed'); os.execvp(sys.argv[1], sys.argv[1:])";

    /** What came of it. */
    record Outcome(int status, long lines, long lost, long bytes) {}

    private PerfRecorder() {}

    /** The perf events that a replay needs, as the argument of {@code -e}. */
    static String events() {
        return Stream.concat(
                        Stream.of("exceptions:page_fault_user", "exceptions:page_fault_kernel"),
                        Stream.concat(
                                Stream.of(CALLS).flatMap(c -> Stream.of("syscalls:sys_enter_" + c, "syscalls:sys_exit_" + c)),
                                Stream.of("sched:sched_process_fork", "sched:sched_process_exec", "sched:sched_process_exit")))
                .collect(Collectors.joining(","));
    }

    /** The command that records {@code program} into {@code data}; {@code starter} is perl or python3. */
    static List<String> recordCommand(Path data, String starter, boolean fixedAddresses, List<String> program) {
        List<String> command = new ArrayList<>();
        if (fixedAddresses) {
            command.addAll(List.of("setarch", "-R"));
        }
        command.addAll(List.of("perf", "record", "-q", "-d", "-m", "8192", "-c", "1", "-e", events(), "-o", data.toString()));
        command.addAll(starter.equals("perl") ? List.of("perl", "-e", PERL) : List.of("python3", "-c", PYTHON));
        command.addAll(program);
        return command;
    }

    /** The command that turns {@code data} into the text that {@code mm replay} reads. */
    static List<String> scriptCommand(Path data) {
        return List.of("perf", "script", "-i", data.toString(), "--show-mmap-events", "--show-task-events",
                "--show-lost-events", "-F", "comm,pid,tid,cpu,time,event,trace");
    }

    /** The same two steps as lines for a shell on another host. */
    static List<String> shellLines(Path output, List<String> program) {
        Path data = Path.of("rec.data");
        return List.of(
                shell(recordCommand(data, "perl", true, program)),
                shell(scriptCommand(data)) + " | gzip -9n > " + quote(output.toString()));
    }

    /**
     * Why this host and user cannot record, with what to do about it; empty when nothing is known to be in the way.
     */
    static Optional<String> obstacle() {
        if (!Files.isDirectory(Path.of("/proc/self"))) {
            return Optional.of("recording needs Linux");
        }
        if (!System.getProperty("os.arch").equals("amd64")) {
            return Optional.of("recording needs x86-64; this is " + System.getProperty("os.arch"));
        }
        if (!onPath("perf")) {
            return Optional.of("perf is not installed (Debian: apt-get install linux-perf, Ubuntu: linux-tools-generic)");
        }
        if (starter().isEmpty()) {
            return Optional.of("neither perl nor python3 is here to switch huge pages off for the program");
        }
        for (Path tracefs : TRACEFS) {
            Path events = tracefs.resolve("events");
            if (Files.isReadable(events.resolve("exceptions/page_fault_user/id"))) {
                return Files.isReadable(events.resolve("syscalls/sys_enter_mmap/id"))
                        ? Optional.empty()
                        : Optional.of("this kernel has no syscall tracepoints (CONFIG_FTRACE_SYSCALLS)");
            }
        }
        return Optional.of("this user may not read the kernel's trace events; run it as root"
                + " (sudo), or have /sys/kernel/tracing mounted if it is not");
    }

    /**
     * Records {@code program} until it ends, and writes the text, compressed, to {@code output}.
     *
     * @throws CommandException when perf could not trace; perf's own words are part of the message
     */
    static Outcome record(Path output, List<String> program) throws IOException, InterruptedException {
        Path directory = output.toAbsolutePath().getParent();
        Path data = Files.createTempFile(directory, ".mm-record", ".data");
        Path complaints = Files.createTempFile(directory, ".mm-record", ".err");
        try {
            Files.delete(data); // its absence tells that perf did not start
            int status = new ProcessBuilder(recordCommand(data, starter().orElseThrow(), canFixAddresses(), program))
                    .inheritIO().start().waitFor();
            if (!Files.exists(data) || Files.size(data) == 0) {
                throw CommandException.badInput("perf recorded nothing; its message is above");
            }
            return convert(data, complaints, output, status);
        } finally {
            Files.deleteIfExists(data);
            Files.deleteIfExists(data.resolveSibling(data.getFileName() + ".old"));
            Files.deleteIfExists(complaints);
        }
    }

    private static Outcome convert(Path data, Path complaints, Path output, int status)
            throws IOException, InterruptedException {
        Process script = new ProcessBuilder(scriptCommand(data)).redirectError(complaints.toFile()).start();
        long lines = 0;
        long lost = 0;
        try (BufferedReader in = new BufferedReader(
                        new InputStreamReader(script.getInputStream(), StandardCharsets.ISO_8859_1), 1 << 16);
                BufferedWriter out = new BufferedWriter(
                        new OutputStreamWriter(
                                new GZIPOutputStream(Files.newOutputStream(output), 1 << 16), StandardCharsets.ISO_8859_1),
                        1 << 16)) {
            for (String mount : hugetlbMounts()) {
                out.write(mount);
                out.write('\n');
            }
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.write(line);
                out.write('\n');
                lines++;
                if (line.contains("PERF_RECORD_LOST")) {
                    lost++;
                }
            }
        }
        if (script.waitFor() != 0) {
            throw CommandException.badInput("perf script failed: "
                    + Files.readString(complaints, StandardCharsets.ISO_8859_1).lines().reduce((a, b) -> b).orElse(""));
        }
        return new Outcome(status, lines, lost, Files.size(output));
    }

    /**
     * What the recording has to tell of hugetlbfs, for perf does not: a comment {@code # hugetlbfs DEVICE BYTES FOLDER} for each mount, the
     * device as perf prints it.
     */
    private static List<String> hugetlbMounts() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String mount : Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1)) {
            Matcher m = HUGETLBFS.matcher(mount);
            if (m.find()) {
                lines.add(String.format("# hugetlbfs %02x:%02x %d %s", Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)),
                        Sizes.parse(m.group(4)), m.group(3)));
            }
        }
        return lines;
    }

    private static Optional<String> starter() {
        return Stream.of("perl", "python3").filter(PerfRecorder::onPath).findFirst();
    }

    // Containers often forbid personality(2); then addresses are random and the recording is as good.
    private static boolean canFixAddresses() throws IOException, InterruptedException {
        return onPath("setarch")
                && new ProcessBuilder("setarch", "-R", "true")
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start()
                                .waitFor()
                        == 0;
    }

    /** Whether {@code word} names a program, as the shell would look for it. */
    static boolean isProgram(String word) {
        File file = new File(word);
        return word.contains("/") ? file.isFile() && file.canExecute() : onPath(word);
    }

    private static boolean onPath(String program) {
        String path = System.getenv("PATH");
        return path != null
                && Stream.of(path.split(File.pathSeparator)).anyMatch(d -> new File(d, program).canExecute());
    }

    private static String shell(List<String> command) {
        return command.stream().map(PerfRecorder::quote).collect(Collectors.joining(" "));
    }

    private static String quote(String word) {
        return word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
