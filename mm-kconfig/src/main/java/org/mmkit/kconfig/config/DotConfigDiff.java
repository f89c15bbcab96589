package org.mmkit.kconfig.config;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What differs between two {@code .config} files, symbol by symbol; needs no Kconfig files. */
public final class DotConfigDiff {

    private static final String PREFIX = "CONFIG_";
    private static final String UNSET = " is not set";

    private DotConfigDiff() {
    }

    /**
     * One symbol with different values.
     *
     * @param symbol without {@code CONFIG_}
     * @param before the value as written, {@code n} for "is not set", empty when the file does not mention it
     * @param after likewise
     */
    public record Change(String symbol, String before, String after) {

        /** {@code -X y}, {@code +X y} or {@code  X y -> m}. */
        @Override
        public String toString() {
            if (after.isEmpty()) {
                return "-" + symbol + " " + before;
            }
            return before.isEmpty() ? "+" + symbol + " " + after : " " + symbol + " " + before + " -> " + after;
        }
    }

    /** The changes from one content to the other, by symbol: removed, then changed, then added ones. */
    public static List<Change> between(byte[] before, byte[] after) {
        Map<String, String> a = settings(before);
        Map<String, String> b = settings(after);
        List<Change> removed = new ArrayList<>();
        List<Change> changed = new ArrayList<>();
        List<Change> added = new ArrayList<>();
        a.forEach((symbol, value) -> {
            String other = b.get(symbol);
            if (other == null) {
                removed.add(new Change(symbol, value, ""));
            } else if (!other.equals(value)) {
                changed.add(new Change(symbol, value, other));
            }
        });
        b.forEach((symbol, value) -> {
            if (!a.containsKey(symbol)) {
                added.add(new Change(symbol, "", value));
            }
        });
        removed.addAll(changed);
        removed.addAll(added);
        return removed;
    }

    /** The settings of a file, sorted by symbol; the last one of a symbol counts. */
    public static Map<String, String> settings(byte[] content) {
        Map<String, String> result = new TreeMap<>();
        new String(content, StandardCharsets.UTF_8).lines().forEach(line -> {
            if (line.startsWith(PREFIX) && line.indexOf('=') > 0) {
                int equals = line.indexOf('=');
                result.put(line.substring(PREFIX.length(), equals), line.substring(equals + 1));
            } else if (line.startsWith("# " + PREFIX) && line.endsWith(UNSET)) {
                result.put(line.substring(2 + PREFIX.length(), line.length() - UNSET.length()), "n");
            }
        });
        return result;
    }
}
