package org.mmkit.thp.sysfs;

import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.mmkit.api.Errno;
import org.mmkit.api.file.PseudoFile;

/** A knob of khugepaged: a decimal number between two limits; everything else is EINVAL. */
final class NumberFile implements PseudoFile {

    private final long min;
    private final long max;
    private final LongSupplier value;
    private final LongConsumer change;

    NumberFile(long min, long max, LongSupplier value, LongConsumer change) {
        this.min = min;
        this.max = max;
        this.value = value;
        this.change = change;
    }

    @Override
    public String read() {
        return value.getAsLong() + "\n";
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public int write(String text) {
        long number = Numbers.unsigned(text);
        if (number < min || number > max) {
            return -Errno.EINVAL;
        }
        change.accept(number);
        return 0;
    }
}
