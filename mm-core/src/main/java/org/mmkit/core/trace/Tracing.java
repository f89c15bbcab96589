package org.mmkit.core.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.trace.Tracepoint;
import org.mmkit.core.time.VirtualClock;

/**
 * The tracepoints of one machine and the buffer that they are recorded in (kernel/trace). Events carry the machine's time, and the
 * process or kernel thread that was running.
 *
 * <p>Thread-safe but for the settings, which are changed by one thread while no call is under way.
 */
public final class Tracing {

    /** Hears of allocations while it is registered. */
    public interface AllocationListener {

        /**
         * An allocation of 2^{@code order} frames came to its end.
         *
         * @param gfp bits of {@link org.mmkit.api.memory.Gfp}
         * @param nanoseconds how long its caller waited for compaction and reclaim
         */
        void allocated(int order, int gfp, long nanoseconds);
    }

    /** Tasks below are processes, by number; from here up are kernel threads. */
    static final long FIRST_THREAD = 1L << 32;

    private final List<TraceEvent> events = new ArrayList<>();
    private final TraceBuffer buffer = new TraceBuffer();
    /** Texts that fields of records have, by number; locked with itself. */
    private final List<String> texts = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Events all;
    private boolean on = true;
    /** Whether any event is. */
    private boolean anyOn;

    private long process;
    private long thread = -1;
    private final ThreadLocal<Long> processes = new ThreadLocal<>();
    private @Nullable VirtualClock clock;
    private boolean smp;
    private long pageAddress;
    private @Nullable AllocationListener listener;
    private @Nullable FlightRecorderEvents recorder;

    /** Tracing that is on, with every event disabled. */
    public Tracing() {
        all = new Events(this);
    }

    /** Ties it to the machine: its {@code clock}, whether it has several processors, and the address of its memory map. */
    public void start(VirtualClock time, boolean severalProcessors, long memoryMap) {
        clock = time;
        smp = severalProcessors;
        pageAddress = memoryMap;
        time.setThreadListener(number -> thread = number);
        FlightRecorderEvents.attachIfRunning(this);
    }

    TraceEvent add(String system, String name, List<String> fields, TraceEvent.Line line) {
        TraceEvent event = new TraceEvent(this, events.size(), system, name, fields, line);
        events.add(event);
        return event;
    }

    /** The events by what they tell. */
    public Events events() {
        return all;
    }

    /** All events, in the order of their numbers. */
    public List<TraceEvent> list() {
        return events;
    }

    /** The event {@code name} of {@code system}; one that is always off when there is none. */
    public Tracepoint find(String system, String name) {
        for (TraceEvent event : events) {
            if (event.system().equals(system) && event.name().equals(name)) {
                return event;
            }
        }
        return Tracepoint.OFF;
    }

    TraceBuffer buffer() {
        return buffer;
    }

    /** Whether records are written (tracing_on). */
    public boolean isOn() {
        return on;
    }

    /** Sets that. */
    public void setOn(boolean record) {
        on = record;
        changed();
    }

    /** Kilobytes that records may take (buffer_size_kb). */
    public int bufferKilobytes() {
        return buffer.kilobytes();
    }

    /** Sets that and forgets all records. */
    public void setBufferKilobytes(int kilobytes) {
        buffer.resize(kilobytes);
    }

    /** Forgets all records. */
    public void clear() {
        buffer.clear();
    }

    /** Names who hears of allocations, or nobody. */
    public void setListener(@Nullable AllocationListener hearer) {
        listener = hearer;
        changed();
    }

    boolean listens(TraceEvent event) {
        return listener != null && event == all.pageAlloc;
    }

    /**
     * Makes the events available to recordings of the JDK Flight Recorder, as {@code mmkit.mm_page_alloc} and so on. A machine that boots after
     * a recording was begun in this process does it by itself; no machine starts the recorder without need.
     */
    public void attachFlightRecorder() {
        FlightRecorderEvents.attach(this);
    }

    void setRecorder(@Nullable FlightRecorderEvents to) {
        recorder = to;
    }

    void changed() {
        boolean any = false;
        for (TraceEvent event : events) {
            event.update();
            any |= event.isOn();
        }
        anyOn = any;
    }

    /** From now on {@code pid} runs. */
    public void enter(int pid) {
        if (!smp) {
            process = pid;
        } else if (anyOn) {
            processes.set((long) pid);
        }
    }

    /** The kernel thread {@code name} runs on the way of a process, until {@link #endThread}. */
    public void beginThread(String name) {
        VirtualClock time = clock;
        thread = time == null ? -1 : time.threadNumber(name);
    }

    /** The process goes on. */
    public void endThread() {
        thread = -1;
    }

    private long task() {
        if (smp) {
            Long pid = processes.get();
            return pid == null ? 0 : pid;
        }
        return thread >= 0 ? FIRST_THREAD + thread : process;
    }

    String taskName(long task) {
        VirtualClock time = clock;
        return time == null || task < FIRST_THREAD ? "" : time.threadName((int) (task - FIRST_THREAD));
    }

    long pageAddress() {
        return pageAddress;
    }

    /** Nanoseconds since boot. */
    public long time() {
        VirtualClock time = clock;
        return time == null ? 0 : time.now();
    }

    /** Somebody worked for {@code nanoseconds}, by the model of costs in docs/cost-model.md. */
    public void charge(long nanoseconds) {
        VirtualClock time = clock;
        if (time != null) {
            time.charge(nanoseconds);
        }
    }

    void emit(TraceEvent event, long a, long b, long c, long d, long e, long f, long g, long h) {
        if (event.isEnabled() && on) {
            buffer.add(time(), event.number(), task(), a, b, c, d, e, f, g, h);
        }
        AllocationListener hearer = listener;
        if (hearer != null && event == all.pageAlloc) {
            hearer.allocated((int) b, (int) d, e);
        }
        FlightRecorderEvents to = recorder;
        if (to != null && event.isRecorded()) {
            to.emit(this, event, time(), a, b, c, d, e, f, g, h);
        }
    }

    /** The number that stands for {@code text} in records. */
    long number(String text) {
        synchronized (texts) {
            Integer known = numbers.putIfAbsent(text, texts.size());
            if (known != null) {
                return known;
            }
            texts.add(text);
            return texts.size() - 1;
        }
    }

    /** The text that {@code number} stands for. */
    String textOf(long number) {
        synchronized (texts) {
            return texts.get((int) number);
        }
    }

    /** What /sys/kernel/tracing/trace shows. */
    public String text() {
        return new TraceText(this).text();
    }

    /** What a read of trace_pipe takes: the lines of all records, which are gone then. */
    public String take() {
        String lines = new TraceText(this).lines();
        buffer.clear();
        return lines;
    }
}
