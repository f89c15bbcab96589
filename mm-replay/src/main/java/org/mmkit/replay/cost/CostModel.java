package org.mmkit.replay.cost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What each kind of fault work costs, as an interval of nanoseconds with its source.
 *
 * <p>Ratios between the constants are worth more than the constants: they come from one machine. Each can be overridden by a file with lines
 * {@code name = low..high} or {@code name = value}. Immutable.
 */
public final class CostModel {

    /** Where the standard constants were measured. */
    public static final String STANDARD_SOURCE =
            "medians on Linux 6.18, x86-64 VM (Sapphire Rapids class, 2 CPUs), 1 GiB per case; see docs/cost-model.md";

    /** A write fault that gives one new zeroed page. */
    public static final String ANON_4K = "anon_fault_4k";
    /** A read fault answered with the zero page. */
    public static final String ZERO_PAGE = "zero_page_fault";
    /** A write fault on a page mapped read-only that copies 4 KiB. */
    public static final String COPY_4K = "copy_fault_4k";
    /** A write fault on a page that only this process has: made writable. */
    public static final String REUSE = "reuse_fault";
    /** A fault that maps up to 16 page-cache pages. */
    public static final String FILE_AROUND = "file_fault";
    /** A fault that allocates, zeroes and maps 2 MiB. */
    public static final String HUGE_2M = "huge_fault_2m";
    /** A fault that makes a folio between a page and 2 MiB: the entry and exit of the fault. */
    public static final String FOLIO_BASE = "folio_fault_base";
    /** The same: for each of its pages. */
    public static final String FOLIO_PAGE = "folio_fault_page";
    /** Splitting a 2 MiB mapping. */
    public static final String PMD_SPLIT = "pmd_split";
    /** Collapse of 512 pages into a huge page, by khugepaged: not in the program's own time unless it waits. */
    public static final String COLLAPSE = "collapse_2m";

    /**
     * One constant.
     *
     * @param name its name in files and tables
     * @param low nanoseconds, lower end
     * @param high nanoseconds, upper end
     * @param source where it comes from
     */
    public record Constant(String name, double low, double high, String source) {}

    private final Map<String, Constant> constants;

    private CostModel(Map<String, Constant> constants) {
        this.constants = Map.copyOf(constants);
    }

    /** The constants measured for this project. */
    public static CostModel standard() {
        Map<String, Constant> c = new LinkedHashMap<>();
        put(c, ANON_4K, 1500, 2070, "4K anonymous write fault: 1.77-2.07 us, best 1.5");
        put(c, ZERO_PAGE, 700, 860, "4K zero-page read fault: 0.70-0.86 us");
        put(c, COPY_4K, 2700, 3700, "write after zero page 2.7-3.7 us; copy-on-write break in a child 3.3 us");
        put(c, REUSE, 1000, 1750, "reuse after the child's exit: 1.0-1.75 us");
        put(c, FILE_AROUND, 1000, 2500, "estimated: a 4K fault without zeroing, and up to 16 slots set");
        put(c, HUGE_2M, 286_000, 389_000, "2M write fault: 286-389 us, mostly zeroing");
        put(c, FOLIO_BASE, 700, 900, "estimated: the fault without its page, as the zero-page fault");
        put(c, FOLIO_PAGE, 560, 760, "2M write fault / 512");
        put(c, PMD_SPLIT, 13_600, 18_800, "4K mprotect inside a huge page: 13.6-18.8 us");
        put(c, COLLAPSE, 563_000, 802_000, "MADV_COLLAPSE: 563-802 us");
        return new CostModel(c);
    }

    private static void put(Map<String, Constant> c, String name, double low, double high, String source) {
        c.put(name, new Constant(name, low, high, source));
    }

    /**
     * These constants with those that {@code file} overrides.
     *
     * @throws IllegalArgumentException naming the line that is wrong
     */
    public CostModel withFile(Path file) throws IOException {
        Map<String, Constant> changed = new LinkedHashMap<>(constants);
        int number = 0;
        for (String raw : Files.readAllLines(file)) {
            number++;
            String line = raw.replaceFirst("#.*", "").strip();
            if (line.isEmpty()) {
                continue;
            }
            String[] sides = line.split("\\s*=\\s*", 2);
            if (sides.length != 2 || !constants.containsKey(sides[0])) {
                throw new IllegalArgumentException(file + ":" + number + ": \"" + line + "\" is no `name = low..high`; names are "
                        + String.join(", ", constants.keySet().stream().sorted().toList()));
            }
            String[] ends = sides[1].split("\\.\\.", 2);
            try {
                double low = Double.parseDouble(ends[0].strip());
                double high = Double.parseDouble(ends[ends.length - 1].strip());
                if (!(low >= 0) || !(high >= low)) {
                    throw new NumberFormatException();
                }
                changed.put(sides[0], new Constant(sides[0], low, high, file + ":" + number));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        file + ":" + number + ": \"" + sides[1] + "\" is no number of nanoseconds and no interval like 1500..2070", e);
            }
        }
        return new CostModel(changed);
    }

    /** One constant. */
    public Constant constant(String name) {
        Constant c = constants.get(name);
        if (c == null) {
            throw new IllegalArgumentException("no cost constant \"" + name + "\"");
        }
        return c;
    }

    /** All constants, by name. */
    public Collection<Constant> constants() {
        return constants.values().stream().sorted(Comparator.comparing(Constant::name)).toList();
    }

    /** The time of work counted by constant name. */
    public CostEstimate estimate(Map<String, Long> counts) {
        List<CostEstimate.Part> parts = new ArrayList<>();
        double low = 0;
        double high = 0;
        for (Map.Entry<String, Long> e : counts.entrySet()) {
            Constant c = constant(e.getKey());
            if (e.getValue() != 0) {
                parts.add(new CostEstimate.Part(c.name(), e.getValue(), c.low() * e.getValue(), c.high() * e.getValue()));
                low += c.low() * e.getValue();
                high += c.high() * e.getValue();
            }
        }
        parts.sort(Comparator.comparingDouble(CostEstimate.Part::high).reversed());
        return new CostEstimate(low, high, parts);
    }
}
