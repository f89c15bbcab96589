package org.mmkit.core.lock;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.InvariantViolation;
import org.mmkit.api.lock.LockClass;

/**
 * Finds orders of locks that can end in a deadlock, even when none happens (Linux: lockdep). It notes which class was taken while which
 * was held; two classes that are taken both ways round, a class taken twice, and an order other than that of {@link LockClass} are
 * violations, and so is a wait that does not end. The first one is kept, with the stacks of both ways where two are known.
 *
 * <p>Thread-safe. Looks at memory it owns only, so it changes no outcome; each lock costs some dozen nanoseconds more.
 */
public final class LockChecker {

    private static final LockClass[] CLASSES = LockClass.values();

    /** The classes that one thread holds, in the order in which it took them. */
    private static final class Held {

        final Thread thread = Thread.currentThread();
        final int[] classes = new int[64];
        volatile int count;
    }

    private final List<WeakReference<Held>> all = new CopyOnWriteArrayList<>();
    private final ThreadLocal<Held> held = ThreadLocal.withInitial(this::enlist);
    /** By held class and taken class: where that was seen first. */
    private final @Nullable Throwable[][] seen = new Throwable[CLASSES.length][CLASSES.length];
    private volatile @Nullable String violation;

    /** A checker that has seen nothing. */
    public LockChecker() {}

    private Held enlist() {
        Held own = new Held();
        all.removeIf(other -> other.get() == null);
        all.add(new WeakReference<>(own));
        return own;
    }

    /**
     * The calling thread has waited for a lock of the class {@code wanted} for so long that it is taken for a deadlock: throws, and {@link
     * #verify} will, with {@link #held}. A call that runs alone may take long, as where nearly all memory is locked: as long as its thread is at
     * work, those that wait for it wait on.
     */
    void stuck(LockClass wanted) {
        if (wanted == LockClass.MACHINE && isAtWork(wanted)) {
            return;
        }
        String text = "deadlock: " + Thread.currentThread().getName() + " waits for a lock of class " + wanted + " in vain" + held();
        synchronized (this) {
            if (violation == null) {
                violation = text;
            }
        }
        throw new InvariantViolation(text);
    }

    /** Whether a thread that has, or tries for, a lock of the class {@code wanted} does not wait at the moment. */
    private boolean isAtWork(LockClass wanted) {
        for (WeakReference<Held> reference : all) {
            Held other = reference.get();
            if (other != null && other.thread != Thread.currentThread() && other.thread.getState() == Thread.State.RUNNABLE) {
                for (int i = 0; i < other.count; i++) {
                    if (other.classes[i] == wanted.ordinal()) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /**
     * What each thread holds, the last of which it may be waiting for, and where it is; empty when no thread holds a lock (Linux: debug_show_all_locks).
     * Exact only for threads that stand still meanwhile, such as those of a deadlock.
     */
    public String held() {
        StringBuilder text = new StringBuilder();
        for (WeakReference<Held> reference : all) {
            Held other = reference.get();
            int count = other == null ? 0 : other.count;
            if (other == null || count == 0) {
                continue;
            }
            text.append(System.lineSeparator()).append(other.thread.getName()).append(" has or wants");
            for (int i = 0; i < count; i++) {
                text.append(' ').append(CLASSES[other.classes[i]]);
            }
            for (StackTraceElement frame : other.thread.getStackTrace()) {
                text.append(System.lineSeparator()).append("\tat ").append(frame);
            }
        }
        return text.toString();
    }

    /** The calling thread is about to wait for a lock of class {@code taken}. */
    public void acquire(LockClass taken) {
        Held h = held.get();
        int t = taken.ordinal();
        for (int i = 0; i < h.count; i++) {
            int before = h.classes[i];
            if (seen[before][t] == null) {
                note(before, t);
            }
        }
        push(h, t);
    }

    /** The calling thread got a lock of class {@code taken} without waiting: no deadlock can come of it. */
    public void acquired(LockClass taken) {
        push(held.get(), taken.ordinal());
    }

    private static void push(Held h, int taken) {
        if (h.count == h.classes.length) {
            throw new InvariantViolation("a thread holds more than " + h.count + " locks");
        }
        h.classes[h.count++] = taken;
    }

    /** The calling thread gave a lock of class {@code given} back. */
    public void release(LockClass given) {
        Held h = held.get();
        for (int i = h.count - 1; i >= 0; i--) {
            if (h.classes[i] == given.ordinal()) {
                System.arraycopy(h.classes, i + 1, h.classes, i, h.count - i - 1);
                h.count--;
                return;
            }
        }
        report("a lock of class " + given + " was given back that was not held", new Throwable("here"), null);
    }

    /** A class is taken for the first time under another. */
    private synchronized void note(int before, int taken) {
        if (seen[before][taken] != null) {
            return;
        }
        Throwable here = new Throwable("here " + CLASSES[taken] + " was taken under " + CLASSES[before]);
        seen[before][taken] = here;
        if (before == taken) {
            report("a lock of class " + CLASSES[taken] + " was taken while another one of the class was held", here, null);
            return;
        }
        Throwable other = wayFrom(taken, before);
        if (other != null) {
            report("the locks " + CLASSES[before] + " and " + CLASSES[taken] + " are taken both ways round", here, other);
        } else if (taken < before) {
            report("the lock " + CLASSES[taken] + " was taken under " + CLASSES[before] + ", which comes after it", here, null);
        }
    }

    /** Where the first step of a chain of locks from {@code from} to {@code to} was seen, or null when there is no chain. */
    private @Nullable Throwable wayFrom(int from, int to) {
        int[] cameFrom = new int[CLASSES.length];
        Arrays.fill(cameFrom, -1);
        Deque<Integer> left = new ArrayDeque<>();
        left.add(from);
        cameFrom[from] = from;
        while (!left.isEmpty()) {
            int at = left.remove();
            for (int next = 0; next < CLASSES.length; next++) {
                if (seen[at][next] != null && cameFrom[next] < 0) {
                    cameFrom[next] = at;
                    left.add(next);
                }
            }
        }
        if (cameFrom[to] < 0) {
            return null;
        }
        int step = to;
        while (cameFrom[step] != from) {
            step = cameFrom[step];
        }
        return seen[from][step];
    }

    private synchronized void report(String what, Throwable here, @Nullable Throwable other) {
        if (violation != null) {
            return;
        }
        StringWriter text = new StringWriter();
        try (PrintWriter out = new PrintWriter(text)) {
            out.println(what);
            here.printStackTrace(out);
            if (other != null) {
                other.printStackTrace(out);
            }
        }
        violation = text.toString();
    }

    /** Throws {@link InvariantViolation} with the first violation, if there was one. */
    public void verify() {
        String found = violation;
        if (found != null) {
            throw new InvariantViolation("lock order: " + found);
        }
    }

    /** How many locks the calling thread holds; 0 between two calls. */
    public int heldByMe() {
        return held.get().count;
    }
}
