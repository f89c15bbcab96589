package org.mmkit.hugetlb.sysfs;

import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.mmkit.api.Errno;
import org.mmkit.api.file.PseudoFile;

/**
 * A file that holds one unsigned number of 64 bits.
 *
 * <p>In sysfs it is decimal and stands alone (lib/kstrtox.c, kstrtoul). In /proc/sys it may also be octal or hexadecimal, with blanks
 * around it, and what follows after a blank is not looked at (kernel/sysctl.c, proc_doulongvec_minmax).
 */
final class CountFile implements PseudoFile {

    /** Takes a new number, unsigned. */
    interface Setter {

        /** Takes {@code count}: 0 or a negative error number. */
        int set(long count);
    }

    private static final int DECIMAL = 10;
    private static final int OCTAL = 8;
    private static final int HEX = 16;

    private final LongSupplier value;
    private final Setter setter;
    private final boolean sysctl;

    private CountFile(LongSupplier value, Setter setter, boolean sysctl) {
        this.value = value;
        this.setter = setter;
        this.sysctl = sysctl;
    }

    static CountFile ofSysfs(LongSupplier value, Setter setter) {
        return new CountFile(value, setter, false);
    }

    static CountFile ofSysctl(LongSupplier value, Setter setter) {
        return new CountFile(value, setter, true);
    }

    @Override
    public String read() {
        return Long.toUnsignedString(value.getAsLong()) + "\n";
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public int write(String text) {
        return sysctl ? set(text.strip().split("\\s", 2)[0], true, setter) : set(text, setter);
    }

    /** Gives {@code setter} the number that {@code text} holds with one newline behind it at most; -EINVAL or -ERANGE if it is none. */
    static int set(String text, Setter setter) {
        String number = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        return set(number.startsWith("+") ? number.substring(1) : number, false, setter);
    }

    private static int set(String number, boolean anyBase, Setter setter) {
        int base = DECIMAL;
        String digits = number;
        if (anyBase && (number.startsWith("0x") || number.startsWith("0X"))) {
            base = HEX;
            digits = number.substring(2);
        } else if (anyBase && number.length() > 1 && number.startsWith("0")) {
            base = OCTAL;
        }
        int radix = base;
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c < 0x80 && Character.digit(c, radix) >= 0)) {
            return -Errno.EINVAL;
        }
        OptionalLong count = unsigned(digits, radix);
        return count.isEmpty() ? -Errno.ERANGE : setter.set(count.getAsLong());
    }

    private static OptionalLong unsigned(String digits, int radix) {
        try {
            return OptionalLong.of(Long.parseUnsignedLong(digits, radix));
        } catch (NumberFormatException e) {
            return OptionalLong.empty(); // only digits stand there: they are too many
        }
    }
}
