package org.mmkit.scenario;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mmkit.core.MachineBuilder;
import org.mmkit.scenario.record.Comparison;
import org.mmkit.scenario.record.LiveRecorder;
import org.mmkit.scenario.record.Recording;
import org.mmkit.scenario.record.RecordingException;
import org.mmkit.scenario.syntax.ScenarioException;
import org.mmkit.scenario.syntax.ScenarioParser;

/** Runs all scenarios of a directory that have a recording beside them, each on a machine of its own, and compares. */
public final class ScenarioSuite {

    private static final String RECORDING = ".jsonl";

    private ScenarioSuite() {}

    /**
     * What came of one scenario.
     *
     * @param name the path below the directory, without suffix
     * @param scenario the file, for messages
     * @param comparison with the recording; of the rows that there were when the run stopped early
     * @param stopped why the model stopped early
     * @param defect whether that was the model's own failure, not the scenario's
     */
    public record Result(Path name, Path scenario, Comparison comparison, Optional<String> stopped, boolean defect) {

        /** The folder that the name lies in, {@code "."} for none. */
        public String folder() {
            return name.getParent() == null ? "." : name.getParent().toString();
        }

        /** Whether the model did all that the kernel did. */
        public boolean isIdentical() {
            return comparison.isIdentical() && stopped.isEmpty();
        }
    }

    /** Runs what lies below {@code root} on machines as those that recordings were made on. */
    public static List<Result> run(Path root, Set<String> ignored, int threads)
            throws IOException, RecordingException, InterruptedException {
        return run(root, ignored, threads, ScenarioRunner::machine);
    }

    /**
     * Runs what lies below {@code root} (or the one recording or scenario {@code root}) on {@code threads} threads, in the order of
     * names, each on a machine of {@code machines}.
     */
    public static List<Result> run(Path root, Set<String> ignored, int threads, Supplier<MachineBuilder> machines)
            throws IOException, RecordingException, InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Result>> running = new ArrayList<>();
            for (Path recording : recordings(root)) {
                running.add(pool.submit(() -> one(root, recording, ignored, machines)));
            }
            List<Result> results = new ArrayList<>();
            for (Future<Result> result : running) {
                results.add(finished(result));
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }

    /**
     * Runs the scenarios below {@code root} (or the scenario {@code root}) on the running kernel and on the model.
     *
     * @param recorder asks the kernel
     * @param keep where scenarios that differ go, with the kernel's answers; null for nowhere
     * @param progress is told of each result
     * @return results in the order of names; those whose answers the kernel does not repeat are left out
     */
    public static List<Result> live(
            Path root, Set<String> ignored, LiveRecorder recorder, @Nullable Path keep, Consumer<Result> progress)
            throws IOException, RecordingException, InterruptedException {
        List<Path> scenarios;
        try (Stream<Path> files = Files.walk(root)) {
            scenarios = files.filter(f -> f.toString().endsWith(".mm")).sorted().toList();
        }
        List<Result> results = new ArrayList<>();
        for (Path scenario : scenarios) {
            String rows = recorder.record(scenario).orElse("");
            if (rows.isEmpty()) {
                continue;
            }
            Path name = scenario.equals(root) ? scenario.getFileName() : root.relativize(scenario);
            Path below = name.resolveSibling(withoutSuffix(name.getFileName().toString()));
            Result result = one(below, scenario, Recording.parse(scenario.toString(), rows), ignored, ScenarioRunner::machine);
            if (keep != null && !result.isIdentical()) {
                Path kept = keep.resolve(name);
                Files.createDirectories(kept.toAbsolutePath().getParent());
                Files.copy(scenario, kept, StandardCopyOption.REPLACE_EXISTING);
                Files.writeString(kept.resolveSibling(below.getFileName() + RECORDING), rows);
            }
            results.add(result);
            progress.accept(result);
        }
        return results;
    }

    private static Result finished(Future<Result> result) throws IOException, RecordingException, InterruptedException {
        try {
            return result.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof IOException) {
                throw (IOException) cause;
            }
            if (cause instanceof RecordingException) {
                throw (RecordingException) cause;
            }
            throw new IllegalStateException(cause);
        }
    }

    private static List<Path> recordings(Path root) throws IOException {
        if (Files.isRegularFile(root)) {
            return List.of(root.resolveSibling(withoutSuffix(root.getFileName().toString()) + RECORDING));
        }
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(f -> f.toString().endsWith(RECORDING)).sorted().collect(Collectors.toList());
        }
    }

    private static String withoutSuffix(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    private static Result one(Path root, Path recording, Set<String> ignored, Supplier<MachineBuilder> machines)
            throws IOException, RecordingException {
        List<JsonObject> kernel = Recording.read(recording);
        String name = withoutSuffix(recording.getFileName().toString());
        Path scenario = recording.resolveSibling(name + ".mm");
        Path below = Files.isRegularFile(root) ? Path.of(name) : root.relativize(recording.resolveSibling(name));
        return one(below, scenario, kernel, ignored, machines);
    }

    private static Result one(
            Path below, Path scenario, List<JsonObject> kernel, Set<String> ignored, Supplier<MachineBuilder> machines) throws IOException {
        List<JsonObject> model = new ArrayList<>();
        Optional<String> stopped = Optional.empty();
        boolean defect = false;
        try {
            ScenarioRunner.run(ScenarioParser.parse(scenario), machines.get().build(), model::add);
        } catch (ScenarioException e) {
            stopped = Optional.of(String.valueOf(e.getMessage()));
        } catch (RuntimeException | StackOverflowError e) {
            stopped = Optional.of(after(model) + e);
            defect = true;
        }
        return new Result(below, scenario, Comparison.of(kernel, model, ignored), stopped, defect);
    }

    private static String after(List<JsonObject> rows) {
        return rows.isEmpty() ? "at the start: " : "after line " + rows.get(rows.size() - 1).get("line").getAsInt() + ": ";
    }
}
