package org.mmkit.core.trace;

import java.util.List;
import org.mmkit.api.trace.Tracepoint;

/** One tracepoint of one machine: its name, its fields, how a line of it reads, and who listens. */
public final class TraceEvent implements Tracepoint {

    /** Writes the fields of one record as the kernel's print format does. */
    interface Line {

        /** Appends to {@code out} the text of the fields at {@code words[at]} and behind. */
        void print(StringBuilder out, long[] words, int at);
    }

    private static final int FIRST_ID = 20;

    private final Tracing tracing;
    private final int number;
    private final String system;
    private final String name;
    private final List<String> fields;
    private final Line line;
    private boolean enabled;
    private boolean recorded;
    /** Whether a listener wants it: set when one of the above changes, read at each event. */
    private boolean on;

    TraceEvent(Tracing tracing, int number, String system, String name, List<String> fields, Line line) {
        this.tracing = tracing;
        this.number = number;
        this.system = system;
        this.name = name;
        this.fields = List.copyOf(fields);
        this.line = line;
    }

    /** The group of events it belongs to, {@code "kmem"}. */
    public String system() {
        return system;
    }

    /** {@code "mm_page_alloc"}. */
    public String name() {
        return name;
    }

    /** Names of its fields in the order of {@link #emit}. */
    public List<String> fields() {
        return fields;
    }

    /** What events/SYSTEM/EVENT/format says: where each field stands in a binary record, and how a line of it is printed. */
    public String format() {
        return RecordFormat.of(this);
    }

    /** The number of its binary records (events/SYSTEM/EVENT/id); Linux gives the first ones to other tracers. */
    public int id() {
        return FIRST_ID + number;
    }

    int number() {
        return number;
    }

    Line line() {
        return line;
    }

    /** Whether it goes to the trace buffer (events/…/enable). */
    public boolean isEnabled() {
        return enabled;
    }

    /** Sets that. */
    public void setEnabled(boolean enable) {
        enabled = enable;
        tracing.changed();
    }

    boolean isRecorded() {
        return recorded;
    }

    /** Says whether a flight recording wants it. */
    void setRecorded(boolean record) {
        recorded = record;
        update();
    }

    /** Works {@link #isOn} out anew. */
    void update() {
        on = recorded || enabled && tracing.isOn() || tracing.listens(this);
    }

    @Override
    public boolean isOn() {
        return on;
    }

    /** Whether field {@code i} is a text, given as the number that {@link #text} has for it. */
    boolean isText(int i) {
        return fields.get(i).equals("filename");
    }

    @Override
    public long text(String text) {
        return tracing.number(text);
    }

    @Override
    public void emit(long a, long b, long c, long d, long e, long f, long g, long h) {
        tracing.emit(this, a, b, c, d, e, f, g, h);
    }
}
