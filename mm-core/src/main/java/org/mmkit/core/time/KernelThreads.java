package org.mmkit.core.time;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.time.KernelThread;
import org.mmkit.core.lock.StopMachine;

/**
 * The kernel threads of a machine with {@code SMP=y}: each is a thread that sleeps until it is due. Time is that of the host since boot, and
 * what {@link #advanceTo} has added. Thread-safe.
 */
final class KernelThreads {

    private static final long MILLISECOND = 1_000_000;

    private final StopMachine calls;
    private final List<Sleeper> sleepers = new ArrayList<>();
    private final long boot = System.nanoTime();
    /** Nanoseconds that were skipped. */
    private long skipped;
    private boolean closed;
    private @Nullable InvariantViolation failure;

    /** One kernel thread; its fields are guarded by the monitor of the whole. */
    private final class Sleeper implements Runnable {

        final KernelThread work;
        long due = KernelThread.NEVER;
        boolean running;
        @Nullable Thread thread;

        Sleeper(KernelThread work) {
            this.work = work;
        }

        @Override
        public void run() {
            while (awaitDue(this)) {
                long again = KernelThread.NEVER;
                try {
                    boolean done = false;
                    if (work.runsBesideOthers() && !calls.isOneByOne()) {
                        calls.enter();
                        try {
                            again = work.run(now());
                            done = !calls.isStalled();
                        } finally {
                            calls.leave();
                        }
                    }
                    if (!done) {
                        calls.stop();
                        try {
                            again = work.run(now());
                        } finally {
                            calls.resume();
                        }
                    }
                } catch (RuntimeException | Error e) {
                    failed(work, e);
                    throw e;
                } finally {
                    ran(this, again);
                }
            }
        }
    }

    KernelThreads(StopMachine calls) {
        this.calls = calls;
    }

    synchronized long now() {
        return System.nanoTime() - boot + skipped;
    }

    synchronized void register(KernelThread thread) {
        if (find(thread) != null || hasThread(thread.name())) {
            throw new IllegalArgumentException("there is a kernel thread named " + thread.name() + " already");
        }
        sleepers.add(new Sleeper(thread));
    }

    synchronized void wake(KernelThread thread, long when) {
        Sleeper sleeper = find(thread);
        if (sleeper == null) {
            throw new IllegalArgumentException("the kernel thread " + thread.name() + " was never registered");
        }
        if (closed) {
            return;
        }
        sleeper.due = Math.min(sleeper.due, Math.max(when, 0));
        if (sleeper.thread == null) {
            Thread started = new Thread(sleeper, thread.name());
            started.setDaemon(true);
            sleeper.thread = started;
            started.start();
        }
        notifyAll();
    }

    synchronized long due(KernelThread thread) {
        Sleeper sleeper = find(thread);
        return sleeper == null ? KernelThread.NEVER : sleeper.due;
    }

    synchronized boolean hasThread(String name) {
        return sleepers.stream().anyMatch(sleeper -> sleeper.work.name().equals(name));
    }

    private @Nullable Sleeper find(KernelThread thread) {
        for (Sleeper sleeper : sleepers) {
            if (sleeper.work == thread) {
                return sleeper;
            }
        }
        return null;
    }

    /** Sleeps until {@code sleeper} is due; false when the machine was closed. */
    private synchronized boolean awaitDue(Sleeper sleeper) {
        boolean interrupted = false;
        while (!closed && sleeper.due > now()) {
            try {
                if (sleeper.due == KernelThread.NEVER) {
                    wait();
                } else {
                    wait((sleeper.due - now()) / MILLISECOND + 1);
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        sleeper.due = KernelThread.NEVER;
        sleeper.running = !closed;
        return !closed;
    }

    private synchronized void failed(KernelThread work, Throwable cause) {
        if (failure == null) {
            failure = new InvariantViolation("the kernel thread " + work.name() + " failed: " + cause);
            failure.initCause(cause);
        }
        closed = true;
    }

    synchronized void verify() {
        if (failure != null) {
            throw failure;
        }
    }

    private synchronized void ran(Sleeper sleeper, long again) {
        sleeper.running = false;
        // A wake-up during the run counts as well.
        long next = again == KernelThread.NEVER ? again : Math.max(again, now() + VirtualClock.SHORTEST_PERIOD);
        sleeper.due = Math.min(next, sleeper.due);
        notifyAll();
    }

    /**
     * Skips to {@code time}, letting each kernel thread run at the moments it is due on the way; returns when it has done so. Called by a
     * kernel thread, it does nothing.
     */
    synchronized void advanceTo(long time) {
        if (running() != null) {
            return;
        }
        boolean interrupted = false;
        while (!closed) {
            Sleeper next = null;
            boolean busy = false;
            for (Sleeper sleeper : sleepers) {
                busy |= sleeper.running;
                if (next == null || sleeper.due < next.due) {
                    next = sleeper;
                }
            }
            boolean runs = next != null && next.due <= time;
            if (!runs && !busy) {
                break;
            }
            if (next != null && runs && !busy) {
                skipped += Math.max(0, next.due - now());
                notifyAll();
            }
            try {
                wait(1);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        skipped += Math.max(0, time - now());
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized List<KernelThread> threads() {
        return sleepers.stream().map(sleeper -> sleeper.work).toList();
    }

    /** The kernel thread that calls this, or null. */
    synchronized @Nullable KernelThread running() {
        for (Sleeper sleeper : sleepers) {
            if (sleeper.thread == Thread.currentThread()) {
                return sleeper.work;
            }
        }
        return null;
    }

    /** Lets the threads end; they do after what they are doing. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
