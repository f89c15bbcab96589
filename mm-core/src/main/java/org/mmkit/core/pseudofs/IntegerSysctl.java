package org.mmkit.core.pseudofs;

import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.mmkit.api.Errno;
import org.mmkit.api.file.PseudoFile;

/**
 * A file of /proc/sys that holds one integer within limits (kernel/sysctl.c, proc_dointvec_minmax): the number may have blanks around
 * it and be decimal, octal or hexadecimal; anything else, or a number out of the limits, is EINVAL; more numbers after it are ignored.
 *
 * @param value gives the present value; ignored when not {@code readable}
 * @param set takes a new value
 * @param min smallest value accepted
 * @param max greatest value accepted
 * @param readable whether the file may be read
 */
record IntegerSysctl(LongSupplier value, LongConsumer set, long min, long max, boolean readable) implements PseudoFile {

    @Override
    public String read() {
        return value.getAsLong() + "\n";
    }

    @Override
    public boolean isReadable() {
        return readable;
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public int write(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        // what follows the first number is not looked at
        String number = text.strip().split("\\s", 2)[0];
        long parsed;
        try {
            parsed = Long.decode(number);
        } catch (NumberFormatException e) {
            return -Errno.EINVAL;
        }
        if (parsed < min || parsed > max || number.startsWith("#") || number.startsWith("+")) {
            return -Errno.EINVAL;
        }
        set.accept(parsed);
        return 0;
    }
}
