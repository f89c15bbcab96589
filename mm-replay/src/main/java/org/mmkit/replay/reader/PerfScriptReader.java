package org.mmkit.replay.reader;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.mmkit.replay.reader.Diagnostic.Severity;

/**
 * Reads the text of {@code perf script -F comm,pid,tid,cpu,time,event,trace --show-mmap-events --show-task-events --show-lost-events}.
 *
 * <p>A line is {@code comm pid/tid [cpu] seconds: event: fields}; the cpu may be absent, the comm may hold spaces. Fault lines, nearly all of
 * a recording, are parsed from the bytes without making an object. Not thread-safe; one object per file.
 */
final class PerfScriptReader {

    private static final byte[] USER_FAULT = ascii("page_fault_user:");
    private static final byte[] KERNEL_FAULT = ascii("page_fault_kernel:");
    private static final byte[] SOFTWARE_FAULT = ascii("page-faults:");
    private static final byte[] MINOR_FAULT = ascii("minor-faults:");
    private static final byte[] SYS_ENTER = ascii("sys_enter_");
    private static final byte[] SYS_EXIT = ascii("sys_exit_");
    private static final byte[] RECORD = ascii("PERF_RECORD_");
    private static final byte[] SCHED_EXEC = ascii("sched_process_exec:");
    private static final byte[] SCHED_FORK = ascii("sched_process_fork:");
    private static final byte[] SCHED_EXIT = ascii("sched_process_exit:");
    private static final byte[] ADDRESS = ascii("address=");
    private static final byte[] HUGETLBFS = ascii("# hugetlbfs ");
    private static final byte[] ERROR_CODE = ascii("error_code=");

    private final LineSource source;
    private final RecordingBuilder builder;
    private final long[] arguments = new long[SystemCall.MAX_ARGUMENTS];
    private final Map<Integer, int[]> announcedForks = new HashMap<>();
    private final Set<Integer> recordedForks = new HashSet<>();

    /** Set by {@link #parseHeader}. */
    private int pid;

    private int tid;
    private long time;
    private int commStart;
    private int commEnd;
    private int payload;

    private long understood;
    private long mappingRecords;
    private boolean sawAddresslessFaults;
    private boolean unknownErrorCodes;
    private String firstSkipped = "";
    private long firstSkippedLine;

    PerfScriptReader(LineSource source, RecordingBuilder builder) {
        this.source = source;
        this.builder = builder;
    }

    /** Events understood so far. */
    long understood() {
        return understood;
    }

    /** The first line that was not understood, and its number. */
    String firstSkipped() {
        return firstSkipped;
    }

    long firstSkippedLine() {
        return firstSkippedLine;
    }

    /** Takes the line that {@code source} stands at. */
    void line() {
        int start = source.start();
        int end = source.end();
        if (end == start || source.bytes()[start] == '#') {
            if (startsWith(source.bytes(), start, end, HUGETLBFS)) {
                builder.hugetlbMounts().comment(source.text());
            }
            return;
        }
        if (!parseHeader(start, end)) {
            skip();
            return;
        }
        builder.at(source.number(), time);
        if (!announcedForks.isEmpty()) {
            lateFork();
        }
        if (event(payload, end)) {
            understood++;
        } else {
            skip();
        }
    }

    /** Says what the whole file lacks. */
    void finish() {
        Diagnostics d = builder.diagnostics();
        if (understood > 0 && mappingRecords == 0) {
            d.add(Severity.MISLEADING, "no mapping records", 0, "there is no PERF_RECORD_MMAP2 line, so program and library mappings are unknown",
                    "record with -d and print with perf script --show-mmap-events --show-task-events");
        }
        if (sawAddresslessFaults) {
            d.add(Severity.MISLEADING, "faults without address", 0, "page faults without an address cannot be replayed",
                    "record the tracepoints that `mm record --print` shows");
        }
        if (unknownErrorCodes) {
            d.add(Severity.NOTE, "faults without error code", 0, "these page faults do not tell read from write; writes are assumed where the mapping allows them",
                    "record exceptions:page_fault_user and exceptions:page_fault_kernel instead of page-faults");
        }
    }

    private void skip() {
        builder.diagnostics().skipLine();
        if (firstSkipped.isEmpty()) {
            firstSkipped = source.text().strip();
            firstSkippedLine = source.number();
        }
    }

    // ---- the header ------------------------------------------------------------------------------------------------------------

    /** Finds {@code pid/tid [cpu] seconds:}; sets the fields; false when the line has none. */
    private boolean parseHeader(int start, int end) {
        byte[] s = source.bytes();
        for (int slash = start + 1; slash < end; slash++) {
            if (s[slash] == '/' && isDigit(s[slash - 1]) && headerAround(s, slash, start, end)) {
                return true;
            }
            if (s[slash] == ':' && slash - start > 200) {
                return false;
            }
        }
        return false;
    }

    private boolean headerAround(byte[] s, int slash, int start, int end) {
        int i = slash - 1;
        while (i >= start && isDigit(s[i])) {
            i--;
        }
        int pidStart = i + 1;
        boolean negative = i >= start && s[i] == '-';
        if (negative) {
            i--;
        }
        if (i >= start && s[i] != ' ') {
            return false;
        }
        commEnd = i;
        int j = slash + 1;
        if (j < end && s[j] == '-') {
            j++;
        }
        int tidStart = j;
        while (j < end && isDigit(s[j])) {
            j++;
        }
        if (j == tidStart || j - tidStart > 10 || slash - pidStart > 10 || j >= end || s[j] != ' ') {
            return false;
        }
        int tidEnd = j;
        j = skipSpaces(s, j, end);
        if (j < end && s[j] == '[') {
            j++;
            while (j < end && isDigit(s[j])) {
                j++;
            }
            if (j >= end || s[j] != ']') {
                return false;
            }
            j = skipSpaces(s, j + 1, end);
        }
        int secondsStart = j;
        long seconds = 0;
        while (j < end && isDigit(s[j])) {
            seconds = seconds * 10 + (s[j++] - '0');
        }
        if (j == secondsStart || j - secondsStart > 12 || j >= end || s[j] != '.') {
            return false;
        }
        j++;
        long nanos = 0;
        int digits = 0;
        while (j < end && isDigit(s[j])) {
            if (digits < 9) {
                nanos = nanos * 10 + (s[j] - '0');
                digits++;
            }
            j++;
        }
        if (digits == 0 || j >= end || s[j] != ':') {
            return false;
        }
        for (; digits < 9; digits++) {
            nanos *= 10;
        }
        time = seconds * 1_000_000_000L + nanos;
        pid = (int) parseLong(s, pidStart, slash) * (negative ? -1 : 1);
        tid = (int) parseLong(s, tidStart, tidEnd);
        commStart = skipSpaces(s, start, end);
        while (commEnd > commStart && s[commEnd - 1] == ' ') {
            commEnd--;
        }
        payload = skipSpaces(s, j + 1, end);
        return payload < end;
    }

    // ---- events ----------------------------------------------------------------------------------------------------------------

    private boolean event(int from, int end) {
        byte[] s = source.bytes();
        if (startsWith(s, from, end, RECORD)) {
            return record(text(from, end));
        }
        int name = afterGroup(s, from, end);
        if (startsWith(s, name, end, USER_FAULT)) {
            return fault(s, name + USER_FAULT.length, end, false);
        }
        if (startsWith(s, name, end, KERNEL_FAULT)) {
            return fault(s, name + KERNEL_FAULT.length, end, true);
        }
        if (startsWith(s, name, end, SYS_ENTER)) {
            return systemCall(s, name + SYS_ENTER.length, end, true);
        }
        if (startsWith(s, name, end, SYS_EXIT)) {
            return systemCall(s, name + SYS_EXIT.length, end, false);
        }
        if (startsWith(s, name, end, SCHED_EXEC)) {
            builder.execDone(pid);
            return true;
        }
        if (startsWith(s, name, end, SCHED_EXIT)) {
            return schedExit(text(name, end));
        }
        if (startsWith(s, name, end, SCHED_FORK)) {
            return schedFork(text(name, end));
        }
        if (startsWith(s, from, end, SOFTWARE_FAULT)) {
            return softwareFault(s, from + SOFTWARE_FAULT.length, end);
        }
        if (startsWith(s, from, end, MINOR_FAULT)) {
            return softwareFault(s, from + MINOR_FAULT.length, end);
        }
        return otherEvent(s, from, end);
    }

    /** Any other event of perf is no error: it only has nothing to say about memory. */
    private static boolean otherEvent(byte[] s, int from, int end) {
        for (int i = from; i < end && s[i] != ' '; i++) {
            if (s[i] == ':' && i > from) {
                return true;
            }
        }
        return false;
    }

    private boolean fault(byte[] s, int from, int end, boolean kernel) {
        int a = indexOf(s, from, end, ADDRESS);
        int e = indexOf(s, from, end, ERROR_CODE);
        if (a < 0 || e < 0) {
            return false;
        }
        a += ADDRESS.length;
        if (a < end && s[a] != '0') {
            return true; // a kernel symbol: an address of the kernel, no program's memory
        }
        long address = parseNumber(s, a, end);
        if (address < 0) {
            return true; // a kernel address
        }
        if (e + ERROR_CODE.length >= end) {
            return false; // the line is cut off
        }
        builder.fault(pid, tid, address, (int) parseNumber(s, e + ERROR_CODE.length, end), kernel);
        return true;
    }

    private boolean softwareFault(byte[] s, int from, int end) {
        int i = skipSpaces(s, from, end);
        int digits = i;
        while (digits < end && hexDigit(s[digits]) >= 0) {
            digits++;
        }
        if (digits == i) {
            sawAddresslessFaults = true;
            return true;
        }
        unknownErrorCodes = true;
        long address = parseHex(s, i, digits);
        if (address >= 0) {
            builder.fault(pid, tid, address, EventKind.ERROR_UNKNOWN, false);
        }
        return true;
    }

    private boolean systemCall(byte[] s, int from, int end, boolean enter) {
        int colon = from;
        while (colon < end && s[colon] != ':') {
            colon++;
        }
        SystemCall call = call(s, from, colon);
        if (call == null) {
            return colon < end;
        }
        int found = 0;
        java.util.Arrays.fill(arguments, 0);
        for (int i = enter ? colon + 1 : colon; i + 1 < end && found < arguments.length; i++) {
            if (s[i] == ':' && s[i + 1] == ' ') {
                int v = skipSpaces(s, i + 1, end);
                if (v >= end || hexDigit(s[v]) < 0 && s[v] != '-') {
                    return false;
                }
                arguments[found++] = parseNumber(s, v, end);
            }
        }
        if (found < (enter ? fewestArguments(call) : 1)) {
            return false; // the line is cut off
        }
        if (enter) {
            builder.enter(pid, tid, call, arguments);
        } else {
            builder.leave(pid, tid, call, arguments[0]);
        }
        return true;
    }

    private static int fewestArguments(SystemCall call) {
        return switch (call) {
            case MMAP -> 6;
            case MUNMAP -> 2;
            case BRK -> 1;
            case MADVISE, MPROTECT -> 3;
            case MREMAP -> 4;
            case PRCTL -> 2;
        };
    }

    private static @org.jspecify.annotations.Nullable SystemCall call(byte[] s, int from, int to) {
        return switch (new String(s, from, to - from, StandardCharsets.ISO_8859_1)) {
            case "mmap" -> SystemCall.MMAP;
            case "munmap" -> SystemCall.MUNMAP;
            case "brk" -> SystemCall.BRK;
            case "madvise" -> SystemCall.MADVISE;
            case "mremap" -> SystemCall.MREMAP;
            case "mprotect" -> SystemCall.MPROTECT;
            case "prctl" -> SystemCall.PRCTL;
            default -> null;
        };
    }

    // ---- records ---------------------------------------------------------------------------------------------------------------

    private boolean record(String text) {
        if (text.startsWith("PERF_RECORD_MMAP2 ")) {
            mappingRecords++;
            return mmap2(text);
        }
        if (text.startsWith("PERF_RECORD_COMM")) {
            boolean exec = text.startsWith("PERF_RECORD_COMM exec:");
            int colon = text.lastIndexOf(':');
            int slash = text.indexOf('/', colon);
            int nameStart = text.indexOf(": ");
            if (slash < 0 || nameStart < 0 || nameStart + 2 > colon) {
                return false;
            }
            int of = number(text, colon + 1);
            int thread = number(text, slash + 1);
            // Threads have names of their own; the process takes that of its first thread.
            if (exec || of == thread) {
                builder.comm(of, text.substring(nameStart + 2, colon), exec);
            }
            return true;
        }
        if (text.startsWith("PERF_RECORD_FORK(")) {
            int[] ids = fourNumbers(text, "PERF_RECORD_FORK(".length());
            if (ids.length < 4) {
                return false;
            }
            recordedForks.add(ids[1]);
            builder.fork(ids[0], ids[1], ids[2], ids[3]);
            return true;
        }
        if (text.startsWith("PERF_RECORD_EXIT(")) {
            return fourNumbers(text, "PERF_RECORD_EXIT(".length()).length == 4; // sched_process_exit, just before, says more
        }
        if (text.startsWith("PERF_RECORD_LOST")) {
            int at = text.indexOf("lost ");
            builder.lost(at < 0 ? 1 : Math.max(1, number(text, at + 5)));
            return true;
        }
        return text.length() > RECORD.length;
    }

    /** {@code PERF_RECORD_MMAP2 pid/tid: [0xSTART(0xLENGTH) @ OFFSET MAJ:MIN INODE GEN]: PROT PATH}. */
    private boolean mmap2(String text) {
        int slash = text.indexOf('/');
        int open = text.indexOf("[0x");
        int paren = text.indexOf("(0x", open);
        int at = text.indexOf(") @ ", paren);
        int close = text.indexOf("]: ", at);
        if (slash < 0 || open < 0 || paren < 0 || at < 0 || close < 0 || text.length() < close + 7) {
            return false;
        }
        String[] words = text.substring(at + 4, close).split(" ");
        if (words.length < 3) {
            return false; // a build id instead of device and inode: perf record --buildid-mmap
        }
        String protection = text.substring(close + 3, close + 7);
        String path = text.substring(Math.min(text.length(), close + 8));
        int bits = (protection.charAt(0) == 'r' ? 1 : 0) | (protection.charAt(1) == 'w' ? 2 : 0) | (protection.charAt(2) == 'x' ? 4 : 0);
        try {
            long start = Long.parseUnsignedLong(text.substring(open + 3, paren), 16);
            long length = Long.parseUnsignedLong(text.substring(paren + 3, at), 16);
            long offset = words[0].startsWith("0x") ? Long.parseUnsignedLong(words[0].substring(2), 16) : Long.parseLong(words[0]);
            long inode = Long.parseLong(words[2]);
            if (start >= 0) {
                builder.mapped(number(text, "PERF_RECORD_MMAP2 ".length()), number(text, slash + 1),
                        start, length, offset, words[1], inode, bits, protection.charAt(3) == 's', path);
            }
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private boolean schedExit(String text) {
        builder.exit(pid, tid, text.contains("group_dead=true"));
        return true;
    }

    /** Only needed when the recording was printed without --show-task-events. */
    private boolean schedFork(String text) {
        int child = text.indexOf("child_pid=");
        if (child < 0) {
            return false;
        }
        int childTid = number(text, child + "child_pid=".length());
        if (!recordedForks.remove(childTid)) {
            announcedForks.put(childTid, new int[] {pid, tid});
        }
        return true;
    }

    private void lateFork() {
        int[] parent = announcedForks.remove(tid);
        if (parent != null) {
            builder.fork(pid, tid, parent[0], parent[1]);
        }
    }

    // ---- bytes -----------------------------------------------------------------------------------------------------------------

    private String text(int from, int end) {
        return new String(source.bytes(), from, end - from, StandardCharsets.UTF_8);
    }

    /** Behind {@code group:} of {@code group:event:}. */
    private static int afterGroup(byte[] s, int from, int end) {
        for (int i = from; i < end && s[i] != ' '; i++) {
            if (s[i] == ':') {
                return i + 1 < end && s[i + 1] != ' ' ? i + 1 : from;
            }
        }
        return from;
    }

    private static int[] fourNumbers(String text, int from) {
        String[] words = text.substring(from).split("[^0-9-]+", 5);
        int n = Math.min(4, words.length);
        int[] ids = new int[n];
        for (int i = 0; i < n; i++) {
            if (!words[i].matches("-?[0-9]{1,10}")) {
                return new int[0];
            }
            ids[i] = (int) Long.parseLong(words[i]);
        }
        return ids;
    }

    private static int number(String text, int from) {
        long value = 0;
        for (int i = from; i < text.length() && Character.digit(text.charAt(i), 10) >= 0 && value < Integer.MAX_VALUE; i++) {
            value = value * 10 + Character.digit(text.charAt(i), 10);
        }
        return (int) value;
    }

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }

    private static int hexDigit(byte c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        if (c >= 'a' && c <= 'f') {
            return c - 'a' + 10;
        }
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    }

    private static int skipSpaces(byte[] s, int from, int end) {
        int i = from;
        while (i < end && s[i] == ' ') {
            i++;
        }
        return i;
    }

    private static boolean startsWith(byte[] s, int from, int end, byte[] prefix) {
        return end - from >= prefix.length && java.util.Arrays.equals(s, from, from + prefix.length, prefix, 0, prefix.length);
    }

    private static int indexOf(byte[] s, int from, int end, byte[] what) {
        for (int i = from; i + what.length <= end; i++) {
            if (s[i] == what[0] && startsWith(s, i, end, what)) {
                return i;
            }
        }
        return -1;
    }

    private static long parseLong(byte[] s, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            value = value * 10 + (s[i] - '0');
        }
        return value;
    }

    private static long parseHex(byte[] s, int from, int end) {
        long value = 0;
        for (int i = from; i < end; i++) {
            int d = hexDigit(s[i]);
            if (d < 0) {
                break;
            }
            value = value << 4 | d;
        }
        return value;
    }

    /** {@code 0x…} or decimal, ending at the first other character. */
    private static long parseNumber(byte[] s, int from, int end) {
        if (from + 1 < end && s[from] == '0' && s[from + 1] == 'x') {
            return parseHex(s, from + 2, end);
        }
        boolean negative = from < end && s[from] == '-';
        long value = 0;
        for (int i = negative ? from + 1 : from; i < end && isDigit(s[i]); i++) {
            value = value * 10 + (s[i] - '0');
        }
        return negative ? -value : value;
    }
}
