package org.mmkit.core.time;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.time.Clock;
import org.mmkit.api.time.KernelThread;
import org.mmkit.core.lock.StopMachine;

/**
 * The clock of a deterministic machine, and the scheduler of its kernel threads.
 *
 * <p>Time moves only by {@link #advanceTo}. On the way every thread runs at the moment it is due, the earliest first, threads due at
 * the same moment in the order of registration; so the same calls give the same runs. Moving the clock while nothing
 * is due costs one comparison. Not thread-safe.
 *
 * <p>With {@code SMP=y} time is the host's since boot and what was added by {@link #advance}, and kernel threads are threads: see {@link
 * KernelThreads}. All methods may then be called by any thread.
 */
@SuppressWarnings("exports") // the constructor is for the engine alone, whose packages are not exported
public final class VirtualClock implements Clock {

    /**
     * The shortest time between two runs of one thread, in nanoseconds. A thread that wants to run again at once would
     * otherwise keep the clock from ever moving.
     */
    public static final long SHORTEST_PERIOD = 1_000;

    private final List<Task> tasks = new ArrayList<>();
    private long now;
    /** The smallest {@link Task#due}; what {@link #advanceTo} compares with. */
    private long nextDue = KernelThread.NEVER;
    private boolean running;
    private @Nullable KernelThread current;
    /** What work has taken since the clock last moved. */
    private long charged;
    private IntConsumer threadListener = number -> {};
    /** Takes the place of all of the above with {@code SMP=y}. */
    private final @Nullable KernelThreads smp;

    /** A clock that stands at 0; {@code calls} tells whether the machine has several processors. */
    public VirtualClock(StopMachine calls) {
        smp = calls.isSmp() ? new KernelThreads(calls) : null;
    }

    private static final class Task {
        final KernelThread thread;
        long due = KernelThread.NEVER;

        Task(KernelThread thread) {
            this.thread = thread;
        }
    }

    @Override
    public long now() {
        return smp == null ? now + charged : smp.now();
    }

    /**
     * Work took {@code nanoseconds}: whoever asks for the time sees it pass, and kernel threads that become due meanwhile run when the
     * clock moves next. What a kernel thread does costs nobody else time. Nothing happens where time is the host's.
     */
    public void charge(long nanoseconds) {
        if (smp == null) {
            charged += nanoseconds;
        }
    }

    /** {@code listener} is told the number of each kernel thread that begins to run, in the order of registration from 0, and -1 when it ends. */
    public void setThreadListener(IntConsumer listener) {
        threadListener = listener;
    }

    /** The name of the kernel thread with {@code number}, or an empty text. */
    public String threadName(int number) {
        return number >= 0 && number < tasks.size() ? tasks.get(number).thread.name() : "";
    }

    /** The number of the kernel thread {@code name}, or -1. */
    public int threadNumber(String name) {
        for (int i = 0; i < tasks.size(); i++) {
            if (tasks.get(i).thread.name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** Adds a thread; it sleeps until it is woken. Two threads of one name are refused. */
    public void register(KernelThread thread) {
        if (smp != null) {
            smp.register(thread);
            return;
        }
        if (find(thread) != null || tasks.stream().anyMatch(task -> task.thread.name().equals(thread.name()))) {
            throw new IllegalArgumentException("there is a kernel thread named " + thread.name() + " already");
        }
        tasks.add(new Task(thread));
    }

    /**
     * Makes {@code thread} due at {@code when} (nanoseconds since boot) if it is not due earlier; a moment that has passed means the
     * next time the clock moves.
     */
    public void wake(KernelThread thread, long when) {
        if (smp != null) {
            smp.wake(thread, when);
            return;
        }
        Task task = find(thread);
        if (task == null) {
            throw new IllegalArgumentException("the kernel thread " + thread.name() + " was never registered");
        }
        long due = Math.max(when, now);
        if (due < task.due) {
            task.due = due;
            nextDue = Math.min(nextDue, due);
        }
    }

    /** The registered threads, in the order of their numbers. */
    public List<KernelThread> threads() {
        return smp != null ? smp.threads() : tasks.stream().map(task -> task.thread).toList();
    }

    /** The kernel thread that calls this, or null when a process does. */
    public @Nullable KernelThread running() {
        return smp != null ? smp.running() : current;
    }

    /** When {@code thread} runs next, in nanoseconds since boot; {@link KernelThread#NEVER} when it sleeps. */
    public long due(KernelThread thread) {
        if (smp != null) {
            return smp.due(thread);
        }
        Task task = find(thread);
        return task == null ? KernelThread.NEVER : task.due;
    }

    /** Whether the thread named {@code name} is there. */
    public boolean hasThread(String name) {
        return smp != null ? smp.hasThread(name) : tasks.stream().anyMatch(task -> task.thread.name().equals(name));
    }

    /** Moves the clock on by {@code nanoseconds}, not negative. */
    public void advance(long nanoseconds) {
        if (nanoseconds < 0) {
            throw new IllegalArgumentException("time does not run backwards: " + nanoseconds + " ns");
        }
        advanceTo(now() + nanoseconds);
    }

    /**
     * Moves the clock to {@code time} (nanoseconds since boot) and runs what becomes due on the way, {@code time} itself included. A
     * time that has passed leaves the clock where it is and runs what is due now. Called by a running thread, it does nothing: the
     * thread's own result says how long it took.
     */
    public void advanceTo(long time) {
        if (charged != 0 && !running) {
            time = Math.max(time, now + charged);
            charged = 0;
        }
        if (nextDue > time && time >= now && smp == null) {
            now = time;
            return;
        }
        if (smp != null) {
            smp.advanceTo(time);
            return;
        }
        runUntil(Math.max(time, now));
    }

    /** Throws {@link org.mmkit.api.InvariantViolation} when a kernel thread of a machine with {@code SMP=y} has failed. */
    public void verify() {
        if (smp != null) {
            smp.verify();
        }
    }

    /** Ends the kernel threads of a machine with {@code SMP=y}; they run no more. */
    public void close() {
        if (smp != null) {
            smp.close();
        }
    }

    private void runUntil(long time) {
        if (running) {
            return;
        }
        running = true;
        try {
            while (nextDue <= time) {
                Task task = earliest();
                now = Math.max(now, task.due);
                task.due = KernelThread.NEVER;
                threadListener.accept(tasks.indexOf(task));
                current = task.thread;
                long again = task.thread.run(now);
                current = null;
                threadListener.accept(-1);
                charged = 0;
                if (again != KernelThread.NEVER) {
                    again = Math.max(again, now + SHORTEST_PERIOD);
                }
                // a wake-up during the run counts as well
                task.due = Math.min(again, task.due == KernelThread.NEVER ? again : Math.max(task.due, now + SHORTEST_PERIOD));
                nextDue = earliest().due;
            }
            now = time;
        } finally {
            running = false;
            current = null;
            nextDue = tasks.isEmpty() ? KernelThread.NEVER : earliest().due;
        }
    }

    private Task earliest() {
        Task first = tasks.get(0);
        for (int i = 1; i < tasks.size(); i++) {
            if (tasks.get(i).due < first.due) {
                first = tasks.get(i);
            }
        }
        return first;
    }

    private @Nullable Task find(KernelThread thread) {
        for (Task task : tasks) {
            if (task.thread == thread) {
                return task;
            }
        }
        return null;
    }
}
