package org.mmkit.kconfig.parser;

/** Which language is read. */
public enum Dialect {
    /** The language of Linux 6.12 to 6.18. */
    LINUX,
    /**
     * That language together with what its predecessors and relatives know: {@code ---help---}, {@code option env=},
     * {@code option modules}, {@code option allnoconfig_y}, {@code optional} and named choices, sources within choices,
     * {@code $NAME} in texts, dots and slashes in words, patterns in {@code source}, {@code rsource},
     * {@code osource}, {@code orsource}, {@code def_int}, {@code def_hex} and {@code def_string}. Choices are those
     * of kernels before 6.9: they have a mode, may be tristate, and remember the member that was picked; output files
     * are in the order of those kernels' tools.
     */
    CLASSIC
}
