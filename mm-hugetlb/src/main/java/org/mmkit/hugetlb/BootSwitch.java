package org.mmkit.hugetlb;

import java.util.Locale;
import java.util.Optional;

/** Switches as the kernel reads them on its command line (lib/kstrtox.c, kstrtobool). */
final class BootSwitch {

    private BootSwitch() {}

    /** Whether {@code text} says on; empty when it says neither on nor off. Only the first letters are looked at. */
    static Optional<Boolean> parse(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        if (word.isEmpty()) {
            return Optional.of(true); // a parameter without a value
        }
        return switch (word.charAt(0)) {
            case 'y', 't', '1' -> Optional.of(true);
            case 'n', 'f', '0' -> Optional.of(false);
            case 'o' -> word.startsWith("on") ? Optional.of(true) : word.startsWith("of") ? Optional.of(false) : Optional.empty();
            default -> Optional.empty();
        };
    }
}
