package org.mmkit.replay.reader;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.mmkit.replay.reader.Diagnostic.Severity;

/**
 * Reads the log of {@code strace -f -e trace=%memory,clone,clone3,fork,vfork,execve,exit_group}, with any of strace's time stamps or none.
 *
 * <p>A strace log tells system calls but no touches of memory: those come from a {@link TouchList}. It tells no mappings made by exec
 * either, so program segments and the first stack are absent. Not thread-safe; one object per file.
 */
final class StraceReader {

    private static final Pattern LINE = Pattern.compile(
            "^(?:\\[pid\\s+(\\d+)\\]\\s+|(\\d+)\\s+)?(?:(\\d{1,2}):(\\d\\d):(\\d\\d)(?:\\.(\\d{1,9}))?\\s+|(\\d+)\\.(\\d{1,9})\\s+)?"
                    + "(?:\\(\\+\\s+[\\d.]+\\)\\s+)?(.+)$");
    private static final Pattern CALL = Pattern.compile("^([a-z_0-9]+)\\((.*)$");
    private static final Pattern RESUMED = Pattern.compile("^<\\.\\.\\. ([a-z_0-9]+) resumed>\\s?,?\\s?(.*)$");
    private static final Pattern RESULT = Pattern.compile("^(.*)\\)\\s+= (-?\\d+|0x[0-9a-f]+|\\?)(?:\\s.*)?$");
    private static final Pattern LOOKS = Pattern.compile(
            "^(?:\\[pid\\s+\\d+\\]\\s+|\\d+\\s+)?(?:[\\d:.]+\\s+)?(?:execve|brk|mmap|mmap2|munmap|mprotect|madvise|mremap|clone3?|v?fork|access|openat)\\(.*");
    private static final String UNFINISHED = "<unfinished ...>";

    private static final Map<String, Integer> FLAGS = flags();

    private final LineSource source;
    private final RecordingBuilder builder;
    private final Map<Integer, Integer> processOf = new HashMap<>();
    private final Map<Integer, String> unfinished = new HashMap<>();
    private final Set<Integer> startedBeforeReturn = new HashSet<>();
    private final long[] arguments = new long[SystemCall.MAX_ARGUMENTS];
    private long understood;
    private long clock;
    private boolean relativeTimes;
    private int onlyPid = 1;

    StraceReader(LineSource source, RecordingBuilder builder) {
        this.source = source;
        this.builder = builder;
    }

    /** Called before the first line. */
    void begin() {
        builder.withoutMappingRecords();
    }

    /** Whether {@code line} can only come from strace. */
    static boolean looksLike(String line) {
        return line.length() < 4096 && LOOKS.matcher(line).matches();
    }

    long understood() {
        return understood;
    }

    /** Takes the line that the source stands at. */
    void line() {
        String text = source.text();
        if (text.isBlank() || text.startsWith("strace: Process ")) {
            return;
        }
        Matcher m = LINE.matcher(text);
        if (text.length() > 8192 || !m.matches()) {
            builder.diagnostics().skipLine();
            return;
        }
        int tid = m.group(1) != null ? Integer.parseInt(m.group(1)) : m.group(2) != null ? Integer.parseInt(m.group(2)) : onlyPid;
        builder.at(source.number(), time(m));
        if (take(tid, m.group(9))) {
            understood++;
        } else {
            builder.diagnostics().skipLine();
        }
    }

    /** Adds the touches, and says what a strace log cannot tell. */
    void finish(Optional<Path> touches) throws IOException, BadRecordingException {
        if (touches.isPresent()) {
            new TouchList(builder).read(touches.get());
        } else {
            builder.diagnostics().add(Severity.MISLEADING, "no touches", 0,
                    "a strace log shows mappings but not which pages were touched, so no faults can be predicted",
                    "give the page faults with --touches FILE, or record with `mm record`");
        }
    }

    private long time(Matcher m) {
        if (m.group(3) != null) {
            long seconds = Long.parseLong(m.group(3)) * 3600 + Long.parseLong(m.group(4)) * 60 + Long.parseLong(m.group(5));
            clock = seconds * 1_000_000_000L + nanos(m.group(6));
        } else if (m.group(7) != null && m.group(7).length() <= 12) {
            long value = Long.parseLong(m.group(7)) * 1_000_000_000L + nanos(m.group(8));
            // -r prints the time since the line before: small numbers, the first of them 0.
            relativeTimes = relativeTimes || understood == 0 && value < 1_000_000_000L;
            clock = relativeTimes ? clock + value : value;
        } else {
            clock += 1000;
        }
        return clock;
    }

    private static long nanos(@Nullable String fraction) {
        return fraction == null ? 0 : Long.parseLong((fraction + "000000000").substring(0, 9));
    }

    private boolean take(int tid, String text) {
        if (text.startsWith("+++")) {
            processGone(tid);
            return true;
        }
        if (text.startsWith("---")) {
            return true;
        }
        Matcher resumed = RESUMED.matcher(text);
        if (resumed.matches()) {
            String begun = unfinished.remove(tid);
            return begun != null ? complete(tid, begun + resumed.group(2)) : isUninteresting(resumed.group(1));
        }
        if (text.endsWith(UNFINISHED)) {
            unfinished.put(tid, text.substring(0, text.length() - UNFINISHED.length()).stripTrailing());
            return CALL.matcher(text).matches();
        }
        return complete(tid, text);
    }

    private boolean complete(int tid, String text) {
        Matcher m = CALL.matcher(text);
        if (!m.matches()) {
            return false;
        }
        String name = m.group(1);
        if (isUninteresting(name)) {
            return true;
        }
        Matcher r = RESULT.matcher(m.group(2));
        if (!r.matches()) {
            return name.startsWith("exit");
        }
        int pid = processOf(tid);
        String args = r.group(1);
        String result = r.group(2);
        boolean failed = result.startsWith("-") || result.equals("?");
        switch (name) {
            case "execve", "execveat" -> {
                if (!failed) {
                    builder.comm(pid, program(args), true);
                    builder.execDone(pid);
                }
            }
            case "fork", "vfork", "clone", "clone3" -> {
                if (!failed) {
                    created(pid, tid, name, args, (int) number(result));
                }
            }
            case "exit", "exit_group" -> { }
            default -> {
                return memoryCall(pid, tid, name, split(args), failed ? -1 : number(result));
            }
        }
        return true;
    }

    private boolean memoryCall(int pid, int tid, String name, String[] args, long result) {
        SystemCall call = switch (name) {
            case "mmap", "mmap2" -> SystemCall.MMAP;
            case "munmap" -> SystemCall.MUNMAP;
            case "brk" -> SystemCall.BRK;
            case "madvise" -> SystemCall.MADVISE;
            case "mremap" -> SystemCall.MREMAP;
            case "mprotect" -> SystemCall.MPROTECT;
            default -> SystemCall.PRCTL;
        };
        java.util.Arrays.fill(arguments, 0);
        for (int i = 0; i < args.length && i < arguments.length; i++) {
            arguments[i] = value(args[i]);
        }
        if (call == SystemCall.MADVISE && args.length > 2) {
            arguments[2] = advice(args[2]);
        }
        builder.enter(pid, tid, call, arguments);
        if (call == SystemCall.MMAP && args.length > 4 && args[4].endsWith(">") && args[4].indexOf('<') > 0) {
            builder.mapsFile(tid, args[4].substring(args[4].indexOf('<') + 1, args[4].length() - 1)); // strace -y
        }
        builder.leave(pid, tid, call, result);
        return true;
    }

    // ---- tasks -----------------------------------------------------------------------------------------------------------------

    private int processOf(int tid) {
        Integer pid = processOf.get(tid);
        if (pid != null) {
            return pid;
        }
        // A child may print before its parent's clone returns: then one unfinished call is its birth.
        for (Map.Entry<Integer, String> e : unfinished.entrySet()) {
            String call = e.getValue();
            if (call.startsWith("clone") || call.startsWith("fork(") || call.startsWith("vfork(")) {
                int parentTid = e.getKey();
                startedBeforeReturn.add(tid);
                create(processOf(parentTid), parentTid, call.substring(0, call.indexOf('(')), call, tid);
                return Objects.requireNonNull(processOf.get(tid));
            }
        }
        processOf.put(tid, tid);
        return tid;
    }

    private void created(int pid, int tid, String name, String args, int child) {
        if (!startedBeforeReturn.remove(child)) {
            create(pid, tid, name, args, child);
        }
    }

    private void create(int pid, int tid, String name, String args, int child) {
        if (args.contains("CLONE_THREAD")) {
            processOf.put(child, pid);
            builder.fork(pid, child, pid, tid);
        } else {
            processOf.put(child, child);
            builder.fork(child, child, pid, tid);
            builder.decideFork(child, name.equals("vfork") || args.contains("CLONE_VM"));
        }
    }

    private void processGone(int tid) {
        Integer pid = processOf.remove(tid);
        unfinished.remove(tid);
        if (pid != null) {
            builder.exit(pid, tid, !processOf.containsValue(pid));
        }
    }

    // ---- arguments -------------------------------------------------------------------------------------------------------------

    private static boolean isUninteresting(String name) {
        return switch (name) {
            case "mmap", "mmap2", "munmap", "brk", "madvise", "mremap", "mprotect", "prctl",
                    "execve", "execveat", "fork", "vfork", "clone", "clone3", "exit", "exit_group" -> false;
            default -> true;
        };
    }

    private static String program(String args) {
        int from = args.indexOf('"');
        int to = args.indexOf('"', from + 1);
        if (from < 0 || to < 0) {
            return "program";
        }
        String path = args.substring(from + 1, to);
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** At commas outside of quotes, braces and brackets. */
    private static String[] split(String args) {
        java.util.List<String> parts = new java.util.ArrayList<>();
        int depth = 0;
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i < args.length(); i++) {
            char c = args.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == '{' || c == '[')) {
                depth++;
            } else if (!quoted && (c == '}' || c == ']')) {
                depth--;
            } else if (!quoted && depth == 0 && c == ',') {
                parts.add(args.substring(from, i).strip());
                from = i + 1;
            }
        }
        parts.add(args.substring(from).strip());
        return parts.toArray(new String[0]);
    }

    /** A number, or symbols joined with {@code |}; what is unknown counts nothing. */
    private static long value(String text) {
        if (text.isEmpty() || text.equals("NULL")) {
            return 0;
        }
        char c = text.charAt(0);
        if (c >= '0' && c <= '9' || c == '-') {
            return number(text);
        }
        long bits = 0;
        for (String symbol : text.split("\\|")) {
            String s = symbol.strip();
            Integer known = FLAGS.get(s);
            if (known != null) {
                bits |= known;
            } else if (s.startsWith("0x")) {
                bits |= number(s);
            } else if (s.matches("\\d+<<MAP_HUGE_SHIFT")) {
                bits |= Long.parseLong(s.substring(0, s.indexOf('<'))) << 26;
            }
        }
        return bits;
    }

    private static int advice(String text) {
        int known = FLAGS.getOrDefault(text, -1);
        return known >= 0 ? known : (int) number(text.replaceAll("[^0-9].*", ""));
    }

    private static long number(String text) {
        try {
            int end = 0;
            boolean hex = text.startsWith("0x");
            for (end = hex ? 2 : text.startsWith("-") ? 1 : 0; end < text.length() && Character.digit(text.charAt(end), hex ? 16 : 10) >= 0; end++) { }
            return hex ? Long.parseUnsignedLong(text.substring(2, end), 16) : Long.parseLong(text.substring(0, end));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static Map<String, Integer> flags() {
        Map<String, Integer> f = new HashMap<>();
        f.put("PROT_READ", 1);
        f.put("PROT_WRITE", 2);
        f.put("PROT_EXEC", 4);
        f.put("PROT_NONE", 0);
        f.put("MAP_SHARED", 1);
        f.put("MAP_PRIVATE", 2);
        f.put("MAP_SHARED_VALIDATE", 3);
        f.put("MAP_FIXED", 0x10);
        f.put("MAP_ANONYMOUS", 0x20);
        f.put("MAP_32BIT", 0x40);
        f.put("MAP_GROWSDOWN", 0x100);
        f.put("MAP_DENYWRITE", 0x800);
        f.put("MAP_EXECUTABLE", 0x1000);
        f.put("MAP_LOCKED", 0x2000);
        f.put("MAP_NORESERVE", 0x4000);
        f.put("MAP_POPULATE", 0x8000);
        f.put("MAP_NONBLOCK", 0x10000);
        f.put("MAP_STACK", 0x20000);
        f.put("MAP_HUGETLB", 0x40000);
        f.put("MAP_SYNC", 0x80000);
        f.put("MAP_FIXED_NOREPLACE", 0x100000);
        f.put("MREMAP_MAYMOVE", 1);
        f.put("MREMAP_FIXED", 2);
        f.put("MREMAP_DONTUNMAP", 4);
        f.put("PR_SET_THP_DISABLE", RecordingBuilder.PR_SET_THP_DISABLE);
        f.put("MADV_NORMAL", 0);
        f.put("MADV_RANDOM", 1);
        f.put("MADV_SEQUENTIAL", 2);
        f.put("MADV_WILLNEED", 3);
        f.put("MADV_DONTNEED", 4);
        f.put("MADV_FREE", 8);
        f.put("MADV_REMOVE", 9);
        f.put("MADV_DONTFORK", 10);
        f.put("MADV_DOFORK", 11);
        f.put("MADV_MERGEABLE", 12);
        f.put("MADV_UNMERGEABLE", 13);
        f.put("MADV_HUGEPAGE", 14);
        f.put("MADV_NOHUGEPAGE", 15);
        f.put("MADV_DONTDUMP", 16);
        f.put("MADV_DODUMP", 17);
        f.put("MADV_WIPEONFORK", 18);
        f.put("MADV_KEEPONFORK", 19);
        f.put("MADV_COLD", 20);
        f.put("MADV_PAGEOUT", 21);
        f.put("MADV_POPULATE_READ", 22);
        f.put("MADV_POPULATE_WRITE", 23);
        f.put("MADV_DONTNEED_LOCKED", 24);
        f.put("MADV_COLLAPSE", 25);
        return f;
    }
}
