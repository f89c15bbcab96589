package org.mmkit.thp.sysfs;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.mmkit.api.Errno;
import org.mmkit.api.file.PseudoFile;

/** A switch, shown as 0 or 1. */
final class FlagFile implements PseudoFile {

    /** Which words a switch understands. */
    enum Words {
        /** The numbers 0 and 1 (Linux: single_hugepage_flag_store). */
        NUMBERS,
        /** Whatever begins like yes or no (Linux: kstrtobool). */
        YES_OR_NO
    }

    private final Words words;
    private final BooleanSupplier value;
    private final Consumer<Boolean> change;

    FlagFile(Words words, BooleanSupplier value, Consumer<Boolean> change) {
        this.words = words;
        this.value = value;
        this.change = change;
    }

    @Override
    public String read() {
        return value.getAsBoolean() ? "1\n" : "0\n";
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public int write(String text) {
        long number = words == Words.NUMBERS ? Numbers.unsigned(text) : Numbers.bool(text);
        if (number == Numbers.TOO_LARGE) {
            return -Errno.ERANGE;
        }
        if (number < 0 || number > 1) {
            return -Errno.EINVAL;
        }
        change.accept(number == 1);
        return 0;
    }
}
