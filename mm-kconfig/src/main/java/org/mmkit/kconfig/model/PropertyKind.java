package org.mmkit.kconfig.model;

/** What a property of a symbol or menu node says. */
public enum PropertyKind {
    /** The text of a question. */
    PROMPT("prompt"),
    /** The text of a {@code comment}. */
    COMMENT("comment"),
    /** The title of a menu or of a {@code menuconfig}. */
    MENU("menu"),
    /** A default value. */
    DEFAULT("default"),
    /** A {@code select}. */
    SELECT("select"),
    /** An {@code imply}. */
    IMPLY("imply"),
    /** The bounds of a number. */
    RANGE("range");

    private final String label;

    PropertyKind(String label) {
        this.label = label;
    }

    /** The name that messages use. */
    public String label() {
        return label;
    }
}
