package org.mmkit.core.pseudofs;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.mmkit.api.Errno;
import org.mmkit.api.file.PseudoFile;
import org.mmkit.core.memory.AllocationFaults;

/**
 * /sys/kernel/debug/fail_page_alloc (Documentation/fault-injection/fault-injection.rst). What goes by task or by call stack is left out, as
 * is the verbose log.
 */
final class FaultInjectionFiles {

    private static final String FOLDER = "/sys/kernel/debug/fail_page_alloc/";

    private FaultInjectionFiles() {}

    static void add(PseudoFileSystem files, AllocationFaults faults) {
        number(files, "probability", faults::probability, faults::setProbability, 0);
        number(files, "interval", faults::interval, faults::setInterval, 0);
        number(files, "times", faults::times, faults::setTimes, -1);
        number(files, "space", faults::space, faults::setSpace, 0);
        number(files, "min-order", faults::minOrder, faults::setMinOrder, 0);
        flag(files, "ignore-gfp-wait", faults::sparesWaiting, faults::setSparesWaiting);
        flag(files, "ignore-gfp-highmem", faults::sparesHighmem, faults::setSparesHighmem);
    }

    private static void number(PseudoFileSystem files, String name, LongSupplier value, LongConsumer set, long min) {
        files.add(FOLDER + name, new IntegerSysctl(value, set, min, Integer.MAX_VALUE, true));
    }

    private static void flag(PseudoFileSystem files, String name, BooleanSupplier value, Consumer<Boolean> set) {
        files.add(FOLDER + name, new PseudoFile() {
            @Override
            public String read() {
                return value.getAsBoolean() ? "Y\n" : "N\n";
            }

            @Override
            public boolean isWritable() {
                return true;
            }

            @Override
            public int write(String text) {
                String word = text.strip();
                boolean yes = word.matches("[yYtT1].*|[oO][nN].*");
                if (!yes && !word.matches("[nNfF0].*|[oO][fF].*")) {
                    return -Errno.EINVAL;
                }
                set.accept(yes);
                return 0;
            }
        });
    }
}
