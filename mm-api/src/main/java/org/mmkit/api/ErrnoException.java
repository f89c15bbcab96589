package org.mmkit.api;

/** Says why an operation that returns an object failed, as an error number of {@link Errno}. Carries no stack trace. */
public final class ErrnoException extends Exception {

    private static final long serialVersionUID = 1;

    private final int errno;

    /** {@code errno} is positive. */
    public ErrnoException(int errno) {
        super(Errno.name(errno), null, false, false);
        this.errno = errno;
    }

    /** The error number, positive. */
    public int errno() {
        return errno;
    }
}
