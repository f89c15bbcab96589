package org.mmkit.core;

import org.mmkit.api.Errno;

/** Reading a pseudo-file failed as a system call fails: with an error number. */
public final class PathException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** The error number, above 0. */
    private final int errno;

    /** {@code path} cannot be read because of {@code errno}, one of {@link Errno}. */
    public PathException(String path, int errno) {
        super(path + ": " + Errno.name(errno));
        this.errno = errno;
    }

    /** The error number, above 0; one of {@link Errno}. */
    public int errno() {
        return errno;
    }
}
