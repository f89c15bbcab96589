package org.mmkit.core.lock;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.lock.LockClass;
import org.mmkit.api.lock.Locks;
import org.mmkit.api.lock.RwSemaphore;

/**
 * Lets calls into a machine run side by side, or one of them alone (Linux: stop_machine). Every call of a user or a kernel thread is
 * either between {@link #enter} and {@link #leave}, and then keeps to the lock protocol, or between {@link #stop} and {@link #resume}, and
 * then no other call is under way. All four do nothing on a machine with one processor.
 *
 * <p>A call that stops the machine may contain further calls of either kind; a call that does not must not contain one that does.
 */
public final class StopMachine {

    private final boolean smp;
    private final RwSemaphore calls;
    private final ThreadLocal<Task> tasks = ThreadLocal.withInitial(Task::new);
    private final List<Runnable> whenStopped = new ArrayList<>();
    private volatile @Nullable Thread alone;
    private int depth;
    private boolean oneByOne;

    /** That of a machine with one processor: nothing to do. */
    public StopMachine() {
        smp = false;
        calls = RwSemaphore.NONE;
    }

    /** That of a machine with several processors. */
    StopMachine(@Nullable LockChecker checker) {
        smp = true;
        calls = new PerCpuRwSemaphore(this, LockClass.MACHINE, checker);
    }

    /** That of the machine that {@code locks} are made for. */
    public static StopMachine of(Locks locks) {
        return locks instanceof SmpLocks real ? real.calls() : new StopMachine();
    }

    /** To be asked within a call of a machine with several processors: whether it runs alone, so that it needs no lock. */
    public boolean isStopped() {
        return alone != null;
    }

    /** Name of the thread whose call runs alone; empty when none does. For messages: it may be over at once. */
    public String whoIsAlone() {
        Thread thread = alone;
        return thread == null ? "" : thread.getName();
    }

    /** {@link #isStopped}, for a lock of the class {@code of}: the machine's own is always real. */
    boolean isStopped(LockClass of) {
        return alone != null && of != LockClass.MACHINE;
    }

    /** {@code action} is run whenever a call is about to run alone; for boot. */
    public void whenStopped(Runnable action) {
        whenStopped.add(action);
    }

    /** Kernel threads that could run beside others run alone: somebody keeps a book that is for one at a time. For boot. */
    public void setOneByOne() {
        oneByOne = true;
    }

    /** Whether {@link #setOneByOne} was called. */
    public boolean isOneByOne() {
        return oneByOne;
    }

    /** Whether several threads may be in the machine. */
    public boolean isSmp() {
        return smp;
    }

    /** The calling thread's state in this machine. For machines with several processors. */
    public Task task() {
        return Objects.requireNonNull(tasks.get());
    }

    /** The calling thread is done with this machine: what is kept for it would keep the whole machine from being collected. */
    public void forgetThread() {
        if (smp) {
            tasks.remove();
        }
    }

    /** {@link #enter} for a machine with several processors, by a thread that is in no call: the thread's state, for {@link #leave(Task)}. */
    public Task begin() {
        if (alone == Thread.currentThread()) {
            throw new IllegalStateException("a call that runs alone begins one that runs beside others");
        }
        Task task = task();
        task.calls++;
        calls.readLock();
        task.begin();
        return task;
    }

    /** Ends what {@link #begin} began. */
    public void leave(Task task) {
        task.calls--;
        calls.readUnlock();
    }

    /** Begins a call that may run beside others of its kind. */
    public void enter() {
        if (smp) {
            enterCall();
        }
    }

    private void enterCall() {
        if (alone == Thread.currentThread()) {
            depth++;
            return;
        }
        Task task = task();
        if (task.calls++ == 0) {
            calls.readLock();
            task.begin();
        }
    }

    /** Ends what {@link #enter} began. */
    public void leave() {
        if (smp) {
            leaveCall();
        }
    }

    private void leaveCall() {
        if (alone == Thread.currentThread()) {
            depth--;
        } else if (--task().calls == 0) {
            calls.readUnlock();
        }
    }

    /** In a call beside others, one that takes long, which holds no lock: those that want to be alone may be so in between. */
    public void letOthersBeAlone() {
        if (smp && !isAlone() && task().calls == 1) {
            calls.readUnlock();
            calls.readLock();
        }
    }

    /** Begins a call that runs alone; waits for the end of those under way. */
    public void stop() {
        if (smp) {
            stopCalls();
        }
    }

    private void stopCalls() {
        if (alone == Thread.currentThread()) {
            depth++;
            return;
        }
        if (task().calls != 0) {
            throw new IllegalStateException("a call that runs beside others asks to run alone");
        }
        calls.writeLock();
        alone = Thread.currentThread();
        depth = 1;
        for (Runnable action : whenStopped) {
            action.run();
        }
    }

    /** Ends what {@link #stop} began. */
    public void resume() {
        if (smp && --depth == 0) {
            alone = null;
            calls.writeUnlock();
        }
    }

    /** Whether no other call is under way: always so on a machine with one processor. */
    public boolean isAlone() {
        return !smp || alone == Thread.currentThread();
    }

    /**
     * The call that the calling thread is in needs more than it may do beside others, memory above all: it is to undo what it began and to be
     * begun again alone.
     */
    public void stall() {
        if (!isAlone()) {
            Task task = task();
            task.stalled = true;
            task.lacked = Task.MORE_THAN_MEMORY;
        }
    }

    /** Takes {@link #stall} back: the call does without. */
    public void goOn() {
        if (!isAlone()) {
            task().begin();
        }
    }

    /** {@link #stall} for want of a block of {@code order}, asked for with {@code gfp}: once it is there the call may be begun again beside others. */
    public void stallForMemory(int order, int gfp) {
        if (!isAlone()) {
            Task task = task();
            task.stalled = true;
            if (task.lacked == Task.NOTHING) {
                task.lacked = order;
                task.lackedGfp = gfp;
            }
        }
    }

    /** Whether the calling thread is in a call, beside others or alone. */
    public boolean isInCall() {
        return smp && (alone == Thread.currentThread() || task().calls > 0);
    }

    /** Whether the call that the calling thread is in must be begun again alone. */
    public boolean isStalled() {
        return smp && !isAlone() && task().stalled;
    }
}
