package org.mmkit.api.trace;

/**
 * One event of the kernel's tracing (include/trace/events). Code that has something to tell asks {@link #isOn} first: a tracepoint that is
 * off costs that question and allocates nothing.
 */
public interface Tracepoint {

    /** A tracepoint that is always off: that of a machine without tracing. */
    Tracepoint OFF = new Tracepoint() {
        @Override
        public boolean isOn() {
            return false;
        }

        @Override
        public void emit(long a, long b, long c, long d, long e, long f, long g, long h) {}
    };

    /** Whether somebody listens. */
    boolean isOn();

    /** Tells the event with its fields in the order of the kernel's format; those that it has not are ignored. */
    void emit(long a, long b, long c, long d, long e, long f, long g, long h);

    /** The number that stands for {@code text} in a field that is a text. Only for events that are on. */
    default long text(String text) {
        return 0;
    }

    /** The same with one field. */
    default void emit(long a) {
        emit(a, 0, 0, 0, 0, 0, 0, 0);
    }

    /** The same with two fields. */
    default void emit(long a, long b) {
        emit(a, b, 0, 0, 0, 0, 0, 0);
    }

    /** The same with three fields. */
    default void emit(long a, long b, long c) {
        emit(a, b, c, 0, 0, 0, 0, 0);
    }

    /** The same with four fields. */
    default void emit(long a, long b, long c, long d) {
        emit(a, b, c, d, 0, 0, 0, 0);
    }

    /** The same with six fields. */
    default void emit(long a, long b, long c, long d, long e, long f) {
        emit(a, b, c, d, e, f, 0, 0);
    }

    /** The same with seven fields. */
    default void emit(long a, long b, long c, long d, long e, long f, long g) {
        emit(a, b, c, d, e, f, g, 0);
    }
}
