package org.mmkit.replay.compare;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What really happened under other settings: a file with one JSON object per line. Immutable. */
public final class Truth {

    /**
     * What was measured under one policy.
     *
     * @param userFaults faults in user mode
     * @param kernelFaults faults in the kernel
     * @param maxRssKb largest process
     * @param allocations successful allocations by order
     */
    public record Measured(long userFaults, long kernelFaults, long maxRssKb, Map<Integer, Long> allocations) {
        public Measured {
            allocations = Map.copyOf(allocations);
        }
    }

    private final Map<String, Measured> byPolicy;

    private Truth(Map<String, Measured> byPolicy) {
        this.byPolicy = byPolicy;
    }

    /**
     * Reads {@code file}.
     *
     * @throws IllegalArgumentException naming the line that is wrong
     */
    public static Truth read(Path file) throws IOException {
        Map<String, Measured> all = new LinkedHashMap<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            try {
                JsonObject o = JsonParser.parseString(line).getAsJsonObject();
                Map<Integer, Long> allocations = new TreeMap<>();
                for (String key : o.keySet()) {
                    if (key.matches("order[0-9]_alloc")) {
                        allocations.put(key.charAt(5) - '0', o.get(key).getAsLong());
                    }
                }
                all.put(o.get("policy").getAsString(), new Measured(o.get("user_faults").getAsLong(), o.get("kernel_faults").getAsLong(),
                        o.get("max_rss_kb").getAsLong(), allocations));
            } catch (JsonParseException | IllegalStateException | NullPointerException | NumberFormatException e) {
                throw new IllegalArgumentException(file + ":" + number
                        + ": not a line of a truth file; it needs policy, user_faults, kernel_faults, max_rss_kb and orderN_alloc", e);
            }
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException(file + ": no measurement in it; a truth file has one JSON object a line");
        }
        return new Truth(all);
    }

    /** What was measured under {@code policy}. */
    public Optional<Measured> of(String policy) {
        return Optional.ofNullable(byPolicy.get(policy));
    }

    /** The policies measured, in the file's order. */
    public Iterable<String> policies() {
        return byPolicy.keySet();
    }
}
