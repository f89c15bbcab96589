package org.mmkit.core.pseudofs;

import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.mmkit.api.Errno;
import org.mmkit.api.file.PseudoFile;

/**
 * A file that reads {@code true} or {@code false} (lib/kstrtox.c, kstrtobool: only the first letter counts, of on and off the second).
 *
 * @param value what it says
 * @param set what a write does
 */
record BooleanFile(BooleanSupplier value, Consumer<Boolean> set) implements PseudoFile {

    @Override
    public String read() {
        return value.getAsBoolean() + "\n";
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public int write(String text) {
        String first = text.substring(0, Math.min(1, text.length())).toLowerCase(Locale.ROOT);
        String two = text.substring(0, Math.min(2, text.length())).toLowerCase(Locale.ROOT);
        if (first.equals("y") || first.equals("t") || first.equals("1") || two.equals("on")) {
            set.accept(true);
        } else if (first.equals("n") || first.equals("f") || first.equals("0") || two.equals("of")) {
            set.accept(false);
        } else {
            return -Errno.EINVAL;
        }
        return 0;
    }
}
