package org.mmkit.kconfig.macro;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.model.Text;

/** Runs commands with {@code /bin/sh}. Safe for any thread. */
public final class ProcessShell implements MacroShell {

    private static final File NOTHING = new File("/dev/null");

    private final Map<String, String> environment;
    private final Path directory;
    private final @Nullable PrintStream errors;

    /**
     * A shell with its environment and working directory.
     *
     * @param errors where standard error of the commands goes; null for that of this process
     */
    public ProcessShell(Map<String, String> environment, Path directory, @Nullable PrintStream errors) {
        this.environment = Map.copyOf(environment);
        this.directory = directory;
        this.errors = errors;
    }

    @Override
    public String run(String command) throws IOException {
        return run(command, errors, ProcessBuilder.Redirect.INHERIT);
    }

    /** Runs {@code command} and keeps its standard error for the caller. */
    public ShellAnswer runCapturing(String command) throws IOException {
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        String answer = run(command, captured, ProcessBuilder.Redirect.from(NOTHING));
        return new ShellAnswer(answer, captured.toString(StandardCharsets.ISO_8859_1));
    }

    /** Standard output of {@code command}; its standard error goes to {@code err}, or where that of this process goes. */
    private String run(String command, @Nullable OutputStream err, ProcessBuilder.Redirect input) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", Text.decode(command));
        builder.directory(directory.toFile());
        Map<String, String> env = builder.environment();
        env.clear();
        env.putAll(environment);
        builder.redirectError(err == null ? ProcessBuilder.Redirect.INHERIT : ProcessBuilder.Redirect.PIPE);
        builder.redirectInput(input);
        Process process = builder.start();
        Thread drain = err == null ? null : drain(process.getErrorStream(), err);
        byte[] answer;
        try (InputStream out = process.getInputStream()) {
            answer = out.readNBytes(ANSWER_LIMIT + 1);
        }
        boolean interrupted = false;
        while (true) {
            try {
                process.waitFor();
                if (drain != null) {
                    drain.join();
                }
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return new String(answer, StandardCharsets.ISO_8859_1);
    }

    private static Thread drain(InputStream from, OutputStream to) {
        Thread thread = new Thread(() -> {
            try (from) {
                from.transferTo(to);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }, "kconfig-shell-errors");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
