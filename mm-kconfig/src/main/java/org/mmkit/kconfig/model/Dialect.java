package org.mmkit.kconfig.model;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which language is read, and which kernel's tool decides what it means. */
public enum Dialect {
    /** The language of Linux 6.12 to 6.18. */
    LINUX,
    /**
     * That language together with what its predecessors and relatives know: {@code ---help---}, {@code option env=},
     * {@code option modules}, {@code option allnoconfig_y}, {@code optional} and named choices, sources within choices,
     * {@code $NAME} in texts, dots and slashes in words, patterns in {@code source}, {@code rsource},
     * {@code osource}, {@code orsource}, {@code def_int}, {@code def_hex} and {@code def_string}. Choices are those
     * of kernels before 6.9: they have a mode, may be tristate, and remember the member that was picked; output files
     * are in the order of those kernels' tools. What differs between their tools is as in Linux 5.6 to 6.8.
     */
    CLASSIC,
    /** As {@link #CLASSIC}, with the tool of U-Boot, which is that of Linux 4.20: texts are written without escapes. */
    U_BOOT,
    /** As {@link #CLASSIC}, with the tools before Linux 4.18, as SeaBIOS, uClibc and BusyBox have them. */
    ANCIENT;

    /** The dialect of this name, {@code u-boot} as well as {@code U_BOOT}; null when there is none. */
    public static @Nullable Dialect named(String name) {
        for (Dialect d : values()) {
            if (d.name().equals(name.toUpperCase(Locale.ROOT).replace('-', '_'))) {
                return d;
            }
        }
        return null;
    }

    /** Whether choices have the modes n, m and y, and the older words are known. */
    public boolean isClassic() {
        return this != LINUX;
    }

    /** Whether texts have macros, <code>$(NAME)</code>; since Linux 4.18. */
    public boolean hasMacros() {
        return this != ANCIENT;
    }

    /** Whether a line says where a menu of a configuration file ends; since Linux 5.5. */
    public boolean endsMenus() {
        return this == LINUX || this == CLASSIC;
    }

    /** Whether quotation marks in texts are written with a backslash. */
    public boolean escapesTexts() {
        return this != U_BOOT;
    }

    /** Whether an imply of a symbol whose dependencies are not met still gives it a line; since Linux 5.6. */
    public boolean impliesAlways() {
        return this == LINUX || this == CLASSIC;
    }

    /** Whether a default gives a symbol a line even when it comes to n; before Linux 4.18. */
    public boolean writesEveryDefault() {
        return this == ANCIENT;
    }
}
