package org.mmkit.replay.reader;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.mmkit.replay.reader.Diagnostic.Severity;

/**
 * The page faults that belong to a strace log: {@code perf script} lines of page faults, or plain lines {@code pid address r|w}.
 *
 * <p>The two clocks are not compared. A touch takes effect, in the list's order, as soon as the log has mapped its address; so the pages of a
 * mapping are touched while it exists. Not thread-safe.
 */
final class TouchList {

    private static final Pattern PLAIN = Pattern.compile("^\\s*(\\d{1,9})\\s+(?:0x)?([0-9a-fA-F]{1,16})\\s+([rw])\\s*$");
    private static final Pattern PERF = Pattern.compile(
            "^.*?(\\d{1,9})/\\d+\\s+(?:\\[\\d+\\]\\s+)?[\\d.]+:\\s+\\S*page_fault_(user|kernel):\\s+address=0x([0-9a-f]{1,16})\\s.*error_code=0x([0-9a-f]{1,8}).*$");

    private final RecordingBuilder builder;
    private final Map<Integer, Deque<long[]>> touches = new HashMap<>();

    TouchList(RecordingBuilder builder) {
        this.builder = builder;
    }

    /** Reads {@code file} and weaves its touches into the events. */
    void read(Path file) throws IOException, BadRecordingException {
        long count = 0;
        long skipped = 0;
        try (InputStream raw = Files.newInputStream(file);
                InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
            LineSource lines = new LineSource(in);
            while (lines.next()) {
                String text = lines.text();
                Matcher plain = PLAIN.matcher(text);
                Matcher perf = PERF.matcher(text);
                if (plain.matches()) {
                    add(Integer.parseInt(plain.group(1)), Long.parseUnsignedLong(plain.group(2), 16), plain.group(3).equals("w") ? 6 : 4, false);
                    count++;
                } else if (perf.matches()) {
                    add(Integer.parseInt(perf.group(1)), Long.parseUnsignedLong(perf.group(3), 16),
                            (int) Long.parseLong(perf.group(4), 16), perf.group(2).equals("kernel"));
                    count++;
                } else if (!text.isBlank() && !text.startsWith("#")) {
                    skipped++;
                }
            }
        }
        if (count == 0) {
            throw new BadRecordingException(file + ": no page faults; a line is `pid address r|w` or one of perf script's page_fault_user lines");
        }
        if (skipped > 0) {
            builder.diagnostics().add(Severity.SKIPPED, "touches not understood", 0, skipped + " lines of " + file + " are no page faults", "");
        }
        long outside = builder.weave(touches);
        if (outside > 0) {
            builder.diagnostics().add(outside * 20 > count ? Severity.MISLEADING : Severity.SKIPPED, "touches outside of mappings", 0,
                    outside + " of " + count + " touches lie in no mapping of the log (program segments and stacks are not in a strace log)", "");
        }
    }

    private void add(int pid, long address, int errorCode, boolean kernel) {
        touches.computeIfAbsent(pid, p -> new ArrayDeque<>()).add(new long[] {address, errorCode, kernel ? 1 : 0});
    }
}
