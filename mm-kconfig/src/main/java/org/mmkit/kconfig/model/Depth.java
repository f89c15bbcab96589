package org.mmkit.kconfig.model;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Lets a recursive algorithm go deeper than one thread's stack: past a limit the rest of the recursion runs on
 * a fresh thread with a large stack, while the caller waits. Input decides how deep expressions and
 * dependency chains are, so no recursion over them may rely on the stack that happens to be there.
 *
 * <p>Confined to the thread of control of one algorithm.
 */
public final class Depth {

    /** Frames that fit what is left of an unknown thread's stack. */
    private static final int FIRST_LIMIT = 600;
    /** Frames on a thread of our own; 256 MiB of reserved stack give each frame more than a kilobyte. */
    private static final int HOP = 150_000;
    private static final long STACK_BYTES = 256L << 20;

    private int depth;
    private int limit = FIRST_LIMIT;

    /** At the top of a recursion. */
    public Depth() {
        // Nothing entered yet.
    }

    /** Enters a frame; true when the caller must run its work through {@link #hop} instead. */
    public boolean enter() {
        return ++depth > limit;
    }

    /** Leaves a frame. */
    public void leave() {
        depth--;
    }

    /** Runs {@code work} on a fresh stack and waits for it; its unchecked exception or error is passed on. */
    public void hop(Runnable work) {
        int saved = limit;
        limit = depth + HOP;
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(null, () -> {
            try {
                work.run();
            } catch (Throwable t) {
                failure.set(t);
            }
        }, "kconfig-deep", STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        limit = saved;
        Throwable t = failure.get();
        if (t instanceof RuntimeException e) {
            throw e;
        }
        if (t instanceof Error e) {
            throw e;
        }
    }
}
