package org.mmkit.hugetlb.sysfs;

import java.util.function.LongSupplier;
import org.mmkit.api.Errno;
import org.mmkit.api.file.PseudoFile;

/** A file with one number that can be set, read by the kernel as kstrtoul does with base 10. */
final class CountFile implements PseudoFile {

    /** Takes the new value: 0 or a negated error number. */
    interface Setter {

        /** Sets {@code value}, at least 0. */
        int set(long value);
    }

    private final LongSupplier value;
    private final Setter setter;

    CountFile(LongSupplier value, Setter setter) {
        this.value = value;
        this.setter = setter;
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
        long count = parse(text);
        return count < 0 ? (int) count : setter.set(count);
    }

    /** The number in {@code text}, with one newline behind it at most; -EINVAL for anything else, -ERANGE above 63 bits. */
    static long parse(String text) {
        String number = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        if (number.startsWith("+")) {
            number = number.substring(1);
        }
        if (number.isEmpty() || !number.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -Errno.EINVAL;
        }
        try {
            return Long.parseLong(number);
        } catch (NumberFormatException e) {
            return -Errno.ERANGE;
        }
    }
}
