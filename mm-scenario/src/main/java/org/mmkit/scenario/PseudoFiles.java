package org.mmkit.scenario;

import java.math.BigInteger;
import java.util.OptionalLong;
import org.mmkit.core.Machine;

/** Pseudo-files, and the numbers in their text. */
final class PseudoFiles {

    private static final BigInteger LARGEST = BigInteger.valueOf(Long.MAX_VALUE);

    private PseudoFiles() {}

    /** Whether {@code path} is a file of {@code machine}. */
    static boolean exists(Machine machine, String path) {
        int slash = path.lastIndexOf('/');
        String directory = path.substring(0, slash);
        return machine.isDirectory(directory) && machine.list(directory).contains(path.substring(slash + 1));
    }

    /** The number that {@code text} begins with; 0 when there is none. */
    static long number(String text) {
        String trimmed = text.trim();
        int end = trimmed.startsWith("-") ? 1 : 0;
        while (end < trimmed.length() && Character.isDigit(trimmed.charAt(end))) {
            end++;
        }
        if (end == 0 || trimmed.substring(0, end).equals("-")) {
            return 0;
        }
        // what is larger reads as the largest, as atol has it
        return new BigInteger(trimmed.substring(0, end)).min(LARGEST).longValue();
    }

    /** The number of the line {@code "name: …"} of {@code text}. */
    static OptionalLong field(String text, String name) {
        String key = name + ":";
        return text.lines().filter(line -> line.startsWith(key)).mapToLong(line -> number(line.substring(key.length()))).findFirst();
    }
}
