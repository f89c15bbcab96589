package org.mmkit.core.pseudofs;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.mmkit.api.Errno;
import org.mmkit.api.file.PseudoFile;
import org.mmkit.core.trace.TraceEvent;
import org.mmkit.core.trace.Tracing;

/** The files of /sys/kernel/tracing by which tracepoints are chosen and read (Documentation/trace/events.rst). */
final class TraceFiles {

    private static final String FOLDER = "/sys/kernel/tracing/";

    private final Tracing tracing;

    TraceFiles(Tracing tracing) {
        this.tracing = tracing;
    }

    private record Switch(Supplier<String> value, Write write) implements PseudoFile {

        /** What a write does: 0 or a negated error number. */
        interface Write {
            int apply(String text);
        }

        @Override
        public String read() {
            return value.get();
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public int write(String text) {
            return write.apply(text.strip());
        }
    }

    void addTo(PseudoFileSystem files) {
        files.add(FOLDER + "trace", new Switch(tracing::text, text -> {
            tracing.clear();
            return 0;
        }));
        files.add(FOLDER + "trace_pipe", new TextFile(tracing::take));
        files.add(FOLDER + "tracing_on", new Switch(() -> tracing.isOn() ? "1\n" : "0\n", text -> flag(text, tracing::setOn)));
        files.add(FOLDER + "buffer_size_kb", new Switch(() -> tracing.bufferKilobytes() + "\n", this::resize));
        files.add(FOLDER + "current_tracer", new TextFile(() -> "nop\n"));
        files.add(FOLDER + "available_events", new TextFile(() -> names(tracing.list())));
        files.add(FOLDER + "set_event", new Switch(
                () -> names(tracing.list().stream().filter(TraceEvent::isEnabled).toList()), this::setEvents));
        group(files, FOLDER + "events/enable", tracing.list());
        TreeSet<String> systems = new TreeSet<>();
        for (TraceEvent event : tracing.list()) {
            systems.add(event.system());
            String folder = FOLDER + "events/" + event.system() + "/" + event.name();
            files.add(folder + "/enable",
                    new Switch(() -> event.isEnabled() ? "1\n" : "0\n", text -> flag(text, event::setEnabled)));
            files.add(folder + "/format", new TextFile(event::format));
            files.add(folder + "/id", new TextFile(() -> event.id() + "\n"));
        }
        for (String system : systems) {
            group(files, FOLDER + "events/" + system + "/enable",
                    tracing.list().stream().filter(event -> event.system().equals(system)).toList());
        }
    }

    /** A file that switches several events: it reads X when some are on and some off. */
    private static void group(PseudoFileSystem files, String path, List<TraceEvent> events) {
        files.add(path, new Switch(() -> {
            long enabled = events.stream().filter(TraceEvent::isEnabled).count();
            return enabled == 0 ? "0\n" : enabled == events.size() ? "1\n" : "X\n";
        }, text -> flag(text, on -> events.forEach(event -> event.setEnabled(on)))));
    }

    private static int flag(String text, Consumer<Boolean> set) {
        if (!text.equals("0") && !text.equals("1")) {
            return -Errno.EINVAL;
        }
        set.accept(text.equals("1"));
        return 0;
    }

    private int resize(String text) {
        if (!text.matches("[1-9][0-9]{0,6}")) {
            return -Errno.EINVAL;
        }
        tracing.setBufferKilobytes(Integer.parseInt(text));
        return 0;
    }

    private static String names(List<TraceEvent> events) {
        StringBuilder out = new StringBuilder();
        events.forEach(event -> out.append(event.system()).append(':').append(event.name()).append('\n'));
        return out.toString();
    }

    /** Enables what is named, disables it behind a {@code !}; the shell's {@code >} cannot be told from {@code >>}, an empty text disables all. */
    private int setEvents(String text) {
        if (text.isEmpty()) {
            tracing.list().forEach(event -> event.setEnabled(false));
            return 0;
        }
        for (String word : Arrays.asList(text.split("\\s+"))) {
            boolean on = !word.startsWith("!");
            String[] parts = word.substring(on ? 0 : 1).split(":", 2);
            boolean any = false;
            for (TraceEvent event : tracing.list()) {
                boolean matches = parts.length == 2
                        ? (parts[0].equals("*") || parts[0].equals(event.system())) && isName(parts[1], event)
                        : parts[0].equals(event.system()) || isName(parts[0], event);
                if (matches) {
                    event.setEnabled(on);
                    any = true;
                }
            }
            if (!any) {
                return -Errno.EINVAL;
            }
        }
        return 0;
    }

    private static boolean isName(String pattern, TraceEvent event) {
        return pattern.isEmpty() || pattern.equals("*") || pattern.equals(event.name());
    }
}
