package org.mmkit.core.lock;

import org.jspecify.annotations.Nullable;
import org.mmkit.api.space.Fault;
import org.mmkit.api.task.Caller;

/** What one thread has under way in one machine (Linux: current). Its own thread's only. */
public final class Task {

    /** Calls beside others that the thread is in, one within another. */
    int calls;
    /** See {@link StopMachine#stall}. */
    boolean stalled;
    /** What the call lacked when it {@linkplain StopMachine#stallForMemory stalled}: the order of the block, or one of the two below. */
    int lacked = NOTHING;
    /** How the block was asked for. */
    int lackedGfp;
    /** The fault object that the thread uses again and again; null before the first fault and while one is being handled. */
    public @Nullable Fault fault;
    /** Who makes the calls beside others that the thread is in. */
    public Caller caller = Caller.KERNEL;
    /** The range that the last call has mapped and that is to be filled in when the address space is locked for it no longer; empty mostly. */
    public long fillStart;
    /** Its end. */
    public long fillEnd;

    /** Nothing was lacking. */
    static final int NOTHING = -1;
    /** Memory would not help. */
    static final int MORE_THAN_MEMORY = -2;

    Task() {}

    void begin() {
        stalled = false;
        lacked = NOTHING;
    }

    /** The order of the block for want of which the last call stalled, negative if it was not (only) that; answers once. */
    public int takeLacked() {
        int order = lacked;
        lacked = NOTHING;
        return order;
    }

    /** How the block of {@link #takeLacked} was asked for: bits of {@link org.mmkit.api.memory.Gfp}. */
    public int lackedGfp() {
        return lackedGfp;
    }

    /** Whether the call that the thread is in must be begun again alone: {@link StopMachine#isStalled} without looking for the thread. */
    public boolean isStalled() {
        return stalled;
    }
}
