package org.mmkit.kconfig.macro;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A shell that runs commands before they are asked for.
 *
 * <p>A second reading of the same files, through {@link #scout}, does not wait for answers: it starts each command in the
 * background and goes on with a mark in place of the answer. Only when a mark becomes part of another
 * command does it wait. The first reading finds most commands running or done. Every command runs once, and what it
 * wrote to standard error is passed on when the first reading asks for it. Safe for any thread.
 */
public final class RunAheadShell implements MacroShell, AutoCloseable {

    private static final char MARK = '\u0001';

    private final ProcessShell shell;
    private final @Nullable ProbeCache cache;
    private final Consumer<String> errors;
    private final Map<String, FutureTask<ShellAnswer>> started = new ConcurrentHashMap<>();
    private final Map<Integer, FutureTask<ShellAnswer>> marks = new ConcurrentHashMap<>();
    private final ExecutorService pool;
    private final Runnable scouting;
    private boolean scouted;
    private volatile boolean closed;

    /**
     * A shell over {@code shell}.
     *
     * @param cache answers of earlier runs; null for none
     * @param scouting starts the second reading; called once, before the first command whose answer is not known yet
     * @param errors takes what commands write to standard error, one byte in each char
     */
    public RunAheadShell(ProcessShell shell, @Nullable ProbeCache cache, Consumer<RunAheadShell> scouting,
            Consumer<String> errors) {
        this.shell = shell;
        this.cache = cache;
        this.errors = errors;
        this.scouting = () -> scouting.accept(this);
        this.pool = Executors.newFixedThreadPool(Math.max(2, Runtime.getRuntime().availableProcessors()), r -> {
            Thread t = new Thread(r, "kconfig-probe");
            t.setDaemon(true);
            return t;
        });
    }

    private FutureTask<ShellAnswer> start(String command, boolean here) {
        FutureTask<ShellAnswer> task = new FutureTask<>(() -> answer(command));
        FutureTask<ShellAnswer> earlier = started.putIfAbsent(command, task);
        if (earlier != null) {
            return earlier;
        }
        if (here) {
            task.run();
        } else {
            pool.execute(task);
        }
        return task;
    }

    private ShellAnswer answer(String command) throws IOException {
        String key = cache == null ? null : cache.key(command);
        if (cache != null && key != null) {
            String known = cache.get(key);
            if (known != null) {
                return new ShellAnswer(known, "");
            }
        }
        ShellAnswer answer = shell.runCapturing(command);
        if (cache != null && key != null && answer.errors().isEmpty()) {
            cache.put(key, answer.output());
        }
        return answer;
    }

    private static ShellAnswer await(FutureTask<ShellAnswer> task) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public String run(String command) throws IOException {
        if (!scouted && !isKnown(command)) {
            scouted = true;
            scouting.run();
        }
        ShellAnswer answer = await(start(command, true));
        if (!answer.errors().isEmpty()) {
            errors.accept(answer.errors());
        }
        return answer.output();
    }

    /** Whether the answer is in the cache, or may not be kept there, which is so for quick commands. */
    private boolean isKnown(String command) {
        String key = cache == null ? null : cache.key(command);
        return cache != null && (key == null || cache.get(key) != null);
    }

    /** The shell for the second reading. */
    public MacroShell scout() {
        return command -> {
            if (closed) {
                throw new IOException("closed");
            }
            FutureTask<ShellAnswer> task = start(resolve(command), false);
            int number = marks.size();
            marks.put(number, task);
            return MARK + Integer.toString(number) + MARK;
        };
    }

    /** Puts answers in the place of marks. */
    private String resolve(String command) throws IOException {
        int at = command.indexOf(MARK);
        if (at < 0) {
            return command;
        }
        StringBuilder out = new StringBuilder();
        int from = 0;
        while (at >= 0) {
            int end = command.indexOf(MARK, at + 1);
            if (end < 0) {
                break;
            }
            out.append(command, from, at);
            FutureTask<ShellAnswer> task = marks.get(Integer.parseInt(command.substring(at + 1, end)));
            if (task != null) {
                out.append(MacroExpander.answerText(await(task).output()));
            }
            from = end + 1;
            at = command.indexOf(MARK, from);
        }
        return out.append(command, from, command.length()).toString();
    }

    /** Stops running ahead, and keeps the answers for later runs. */
    @Override
    public void close() {
        closed = true;
        pool.shutdownNow();
        if (cache != null) {
            cache.save();
        }
    }
}
