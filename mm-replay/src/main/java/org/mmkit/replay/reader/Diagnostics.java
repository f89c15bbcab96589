package org.mmkit.replay.reader;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mmkit.replay.reader.Diagnostic.Severity;

/**
 * What was wrong with a recording: for each kind of problem the first few places and a count, so that ten gigabytes of noise need no
 * memory.
 *
 * <p>Not thread-safe while it is filled.
 */
public final class Diagnostics {

    /** Places of one kind of problem that are told; the rest is only counted. */
    public static final int PLACES_PER_KIND = 3;

    private static final class Kind {
        private long count;
        private Severity severity = Severity.NOTE;
    }

    private final List<Diagnostic> places = new ArrayList<>();
    private final Map<String, Kind> kinds = new LinkedHashMap<>();
    private long skippedLines;
    private long lostEvents;

    /** Nothing wrong yet. */
    public Diagnostics() {}

    /** Notes a problem. {@code kind} groups equal problems: a constant phrase without numbers. */
    public void add(Severity severity, String kind, long line, String problem, String remedy) {
        Kind k = kinds.computeIfAbsent(kind, x -> new Kind());
        k.count++;
        if (severity.compareTo(k.severity) > 0) {
            k.severity = severity;
        }
        if (k.count <= PLACES_PER_KIND) {
            places.add(new Diagnostic(severity, line, problem, remedy));
        }
    }

    void skipLine() {
        skippedLines++;
    }

    void lose(long events) {
        lostEvents += events;
    }

    /** The problems with their places, in the order found; at most {@link #PLACES_PER_KIND} of a kind. */
    public List<Diagnostic> places() {
        return List.copyOf(places);
    }

    /** For each kind of problem how often it was met, in the order first met. */
    public Map<String, Long> counts() {
        Map<String, Long> result = new LinkedHashMap<>();
        kinds.forEach((name, kind) -> result.put(name, kind.count));
        return result;
    }

    /** Lines that are no event of a form known here. */
    public long skippedLines() {
        return skippedLines;
    }

    /** Events that perf itself says it lost. */
    public long lostEvents() {
        return lostEvents;
    }

    /** Whether results made from this recording would mislead. */
    public boolean isMisleading() {
        return kinds.values().stream().anyMatch(k -> k.severity == Severity.MISLEADING);
    }
}
