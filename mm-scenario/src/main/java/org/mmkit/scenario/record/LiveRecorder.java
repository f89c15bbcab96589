package org.mmkit.scenario.record;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Asks the running kernel: a program that takes a scenario and prints the rows of its recording is run until it has answered the same
 * three times on end, as counters are those of the whole machine. One call at a time, since calls set the kernel's knobs.
 */
public final class LiveRecorder {

    private static final int EQUAL_ANSWERS = 3;
    private static final int MOST_RUNS = 18;
    private static final long SECONDS_PER_RUN = 120;

    private final List<String> command;

    /** The recorder {@code command}, words separated by blanks; the scenario's path is added as the last one. */
    public LiveRecorder(String command) {
        this.command = List.of(command.trim().split("\\s+"));
    }

    /**
     * The rows that the kernel answers to {@code scenario}, one a line; empty when it does not repeat them.
     *
     * @throws IOException when the recorder cannot be run
     * @throws RecordingException when it fails each time; the message is the recorder's own
     */
    public Optional<String> record(Path scenario) throws IOException, RecordingException, InterruptedException {
        String last = "";
        String failure = "";
        int equal = 0;
        int failures = 0;
        for (int run = 0; run < MOST_RUNS; run++) {
            Path err = Files.createTempFile("recorder", ".err");
            try {
                Answer answer = run(scenario, err);
                if (answer.status != 0) {
                    failures++;
                    failure = Files.readString(err, StandardCharsets.UTF_8).strip();
                    equal = 0;
                    if (failures == EQUAL_ANSWERS) {
                        throw new RecordingException(scenario + ": the recorder " + command.get(0) + " failed: " + failure);
                    }
                    continue;
                }
                equal = answer.text.equals(last) && equal > 0 ? equal + 1 : 1;
                last = answer.text;
            } finally {
                Files.deleteIfExists(err);
            }
            if (equal == EQUAL_ANSWERS) {
                return Optional.of(last);
            }
        }
        return Optional.empty();
    }

    private record Answer(int status, String text) {}

    private Answer run(Path scenario, Path err) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(command);
        words.add(scenario.toString());
        Path out = Files.createTempFile("recorder", ".jsonl");
        try {
            Process process = new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
            if (!process.waitFor(SECONDS_PER_RUN, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                return new Answer(-1, "");
            }
            return new Answer(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
        } finally {
            Files.deleteIfExists(out);
        }
    }
}
