package org.mmkit.kconfig.model;

/** The type of a configuration symbol. */
public enum SymbolType {
    /** Referenced but never given a type. */
    UNKNOWN("unknown"),
    /** y or n. */
    BOOL("bool"),
    /** y, m or n. */
    TRISTATE("tristate"),
    /** A decimal number. */
    INT("integer"),
    /** A hexadecimal number. */
    HEX("hex"),
    /** A text. */
    STRING("string");

    private final String label;

    SymbolType(String label) {
        this.label = label;
    }

    /** The name that messages of the kernel's own tools use. */
    public String label() {
        return label;
    }

    /** The keyword that declares the type in a Kconfig file. */
    public String keyword() {
        return this == INT ? "int" : label;
    }

    /** Whether values are y, m or n. */
    public boolean isLogical() {
        return this == BOOL || this == TRISTATE;
    }

    /** Whether values are numbers. */
    public boolean isNumeric() {
        return this == INT || this == HEX;
    }
}
