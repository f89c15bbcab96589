package org.mmkit.core.trace;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import jdk.jfr.AnnotationElement;
import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.EventFactory;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.StackTrace;
import jdk.jfr.ValueDescriptor;

/**
 * The tracepoints as events of the JDK Flight Recorder, named {@code mmkit.} and the kernel's name; their types are the same for all
 * machines of a process. Fields are the tracepoint's, and {@code time}, the machine's own time in nanoseconds. Thread-safe.
 */
final class FlightRecorderEvents {

    private static final String PREFIX = "mmkit.";
    private static FlightRecorderEvents shared = new FlightRecorderEvents(List.of());

    private final List<EventFactory> factories = new ArrayList<>();
    private final List<WeakReference<Tracing>> machines = new ArrayList<>();

    private FlightRecorderEvents(List<TraceEvent> events) {
        for (TraceEvent event : events) {
            List<ValueDescriptor> fields = new ArrayList<>();
            fields.add(new ValueDescriptor(long.class, "time"));
            for (int i = 0; i < event.fields().size(); i++) {
                fields.add(new ValueDescriptor(event.isText(i) ? String.class : long.class, event.fields().get(i)));
            }
            List<AnnotationElement> annotations = List.of(
                    new AnnotationElement(Name.class, PREFIX + event.name()),
                    new AnnotationElement(Label.class, event.name()),
                    new AnnotationElement(StackTrace.class, false),
                    new AnnotationElement(Category.class, new String[] {"mmkit", event.system()}));
            factories.add(EventFactory.create(annotations, fields));
        }
    }

    /** Attaches {@code tracing} if a flight recording was ever started in this process: then the types are known to later ones too. */
    static void attachIfRunning(Tracing tracing) {
        if (FlightRecorder.isAvailable() && FlightRecorder.isInitialized()) {
            attach(tracing);
        }
    }

    /** Makes the events of {@code tracing} available to flight recordings, those under way and those to come. */
    static synchronized void attach(Tracing tracing) {
        if (shared.factories.isEmpty()) {
            shared = new FlightRecorderEvents(tracing.list());
            FlightRecorder.addListener(new Changes());
        }
        shared.machines.add(new WeakReference<>(tracing));
        tracing.setRecorder(shared);
        shared.update();
    }

    /** Hears when recordings begin and end. */
    private static final class Changes implements FlightRecorderListener {

        @Override
        public void recordingStateChanged(Recording recording) {
            synchronized (FlightRecorderEvents.class) {
                shared.update();
            }
        }
    }

    /** Tells all machines which events are wanted now. */
    private void update() {
        for (Iterator<WeakReference<Tracing>> i = machines.iterator(); i.hasNext(); ) {
            Tracing tracing = i.next().get();
            if (tracing == null) {
                i.remove();
                continue;
            }
            for (TraceEvent event : tracing.list()) {
                event.setRecorded(factories.get(event.number()).getEventType().isEnabled());
            }
            tracing.changed();
        }
    }

    void emit(Tracing tracing, TraceEvent from, long time, long a, long b, long c, long d, long e, long f, long g, long h) {
        Event event = factories.get(from.number()).newEvent();
        if (!event.shouldCommit()) {
            return;
        }
        long[] values = {a, b, c, d, e, f, g, h};
        event.set(0, time);
        for (int i = 0; i < from.fields().size(); i++) {
            event.set(i + 1, from.isText(i) ? tracing.textOf(values[i]) : values[i]);
        }
        event.commit();
    }
}
