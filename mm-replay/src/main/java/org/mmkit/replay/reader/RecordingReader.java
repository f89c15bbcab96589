package org.mmkit.replay.reader;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import org.mmkit.replay.reader.Diagnostic.Severity;

/**
 * Opens a recording of any known form, plain or gzip: {@code perf script} text or a {@code strace} log.
 *
 * <p>Streams: besides the decoded events memory does not depend on the size of the input. Not thread-safe.
 */
public final class RecordingReader {

    private static final int BYTES_PER_EVENT = 37;
    private static final byte[] PERF_DATA_MAGIC = "PERFILE2".getBytes(StandardCharsets.US_ASCII);

    private int maxEvents = (int) Math.min(1_000_000_000L, Runtime.getRuntime().maxMemory() / 3 / BYTES_PER_EVENT);
    private DoubleConsumer progress = fraction -> {};
    private Optional<Path> touches = Optional.empty();
    private final Map<String, Long> hugetlbFolders = new LinkedHashMap<>();

    /** Creates a reader that keeps as many events as a third of the Java heap holds. */
    public RecordingReader() {}

    /** Keeps at most {@code events} events; the rest is left out and told. */
    public RecordingReader maxEvents(int events) {
        maxEvents = events;
        return this;
    }

    /** Tells {@code listener} the fraction of the file read so far, now and then. */
    public RecordingReader onProgress(DoubleConsumer listener) {
        progress = listener;
        return this;
    }

    /** Takes the page faults of a strace log from {@code list}. */
    public RecordingReader touches(Path list) {
        touches = Optional.of(list);
        return this;
    }

    /** Files below {@code folder} have HugeTLB pages of {@code bytes}. Recordings of {@code mm record} tell the mounts themselves. */
    public RecordingReader hugetlbfs(String folder, long bytes) {
        hugetlbFolders.put(folder, bytes);
        return this;
    }

    /**
     * Reads {@code file}.
     *
     * @throws BadRecordingException when nothing in it can be used
     * @throws IOException when the file cannot be read
     */
    public Recording read(Path file) throws BadRecordingException, IOException {
        if (Files.isDirectory(file)) {
            throw new BadRecordingException(file + ": is a directory; name a recording in it");
        }
        long size = Files.size(file);
        try (InputStream raw = Files.newInputStream(file)) {
            return read(raw, file.toString(), size);
        }
    }

    /** Reads {@code raw}, called {@code source} in messages; {@code size} bytes long, or 0 when that is unknown. */
    public Recording read(InputStream raw, String source, long size) throws BadRecordingException, IOException {
        PackedText in = new PackedText(raw, source);
        byte[] head = in.head(PERF_DATA_MAGIC.length);
        if (head.length == 0) {
            throw new BadRecordingException(source + ": the file is empty; a recording is made by `mm record`");
        }
        if (java.util.Arrays.equals(head, PERF_DATA_MAGIC)) {
            throw new BadRecordingException(source + ": this is perf's own binary file; print it with `perf script -i " + source
                    + " --show-mmap-events --show-task-events --show-lost-events -F comm,pid,tid,cpu,time,event,trace`");
        }
        return readText(new LineSource(in.unpacked()), source, in, size);
    }

    private Recording readText(LineSource lines, String source, PackedText in, long size)
            throws BadRecordingException, IOException {
        RecordingBuilder builder = new RecordingBuilder(maxEvents);
        hugetlbFolders.forEach(builder.hugetlbMounts()::folder);
        PerfScriptReader perf = new PerfScriptReader(lines, builder);
        StraceReader strace = new StraceReader(lines, builder);
        boolean isStrace = false;
        boolean decided = false;
        while (lines.next() && !builder.isFull()) {
            if (!decided && lines.end() > lines.start() && StraceReader.looksLike(lines.text())) {
                isStrace = true;
                strace.begin();
                decided = true;
            }
            if (isStrace) {
                strace.line();
            } else {
                perf.line();
                decided = decided || perf.understood() > 0;
            }
            if (size > 0 && (lines.number() & 0xfff) == 0) {
                progress.accept(Math.min(1, (double) in.taken() / size));
            }
        }
        progress.accept(1);
        long understood = isStrace ? strace.understood() : perf.understood();
        if (understood == 0) {
            throw nothingUsable(lines, source, perf);
        }
        if (touches.isPresent() && !isStrace) {
            throw new BadRecordingException(source + ": a list of page faults belongs to a strace log, and this is none; perf recordings hold their own");
        }
        if (isStrace) {
            strace.finish(touches);
        } else {
            perf.finish();
        }
        tellStream(lines, builder.diagnostics(), perf);
        return builder.finish(source, isStrace ? "strace" : "perf script", lines.number());
    }

    private static BadRecordingException nothingUsable(LineSource lines, String source, PerfScriptReader perf) {
        if (!lines.failure().isEmpty()) {
            return new BadRecordingException(source + ": " + lines.failure() + " before the first event");
        }
        if (lines.binary() > 0 || lines.tooLong() > 0) {
            return new BadRecordingException(source + ": this is not text; a recording is what `perf script` or `strace -f` prints");
        }
        String first = perf.firstSkipped();
        return new BadRecordingException(source + ":" + Math.max(1, perf.firstSkippedLine()) + ": no event of perf script or strace in "
                + lines.number() + " lines" + (first.isEmpty() ? "" : "; the first is \"" + shorten(first) + "\"")
                + "; a perf line is `comm pid/tid [cpu] seconds: event: fields`, see `mm record --print`");
    }

    private static void tellStream(LineSource lines, Diagnostics d, PerfScriptReader perf) {
        if (!lines.failure().isEmpty()) {
            d.add(Severity.MISLEADING, "input cut off", lines.number(), lines.failure() + " after line " + lines.number()
                    + ", so the end of the run is missing", "copy the file again");
        } else if (lines.isLastLineCut() && d.skippedLines() > 0 && perf.firstSkippedLine() == lines.number()) {
            d.add(Severity.MISLEADING, "input cut off", lines.number(), "the last line is cut off, so the end of the run is missing",
                    "copy the file again");
        } else if (d.skippedLines() > 0) {
            boolean much = d.skippedLines() * 1000 > lines.number();
            d.add(much ? Severity.MISLEADING : Severity.SKIPPED, "lines not understood", perf.firstSkippedLine(),
                    d.skippedLines() + " of " + lines.number() + " lines are no events"
                            + (perf.firstSkipped().isEmpty() ? "" : "; the first is \"" + shorten(perf.firstSkipped()) + "\""),
                    "lines of other programs, or lines cut in two");
        }
        if (lines.binary() > 0 || lines.tooLong() > 0) {
            d.add(Severity.MISLEADING, "not text", 0, lines.binary() + lines.tooLong() + " lines are not text", "the file is damaged");
        }
    }

    private static String shorten(String line) {
        StringBuilder clean = new StringBuilder();
        for (int i = 0; i < line.length() && i < 60; i++) {
            char c = line.charAt(i);
            clean.append(c < ' ' || c > '~' ? '?' : c);
        }
        return line.length() > 60 ? clean + "…" : clean.toString();
    }
}
