package org.mmkit.kconfig.conf;

/** Ends the command with a status. */
final class ConfExit extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;

    ConfExit(int status) {
        super(null, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }
}
