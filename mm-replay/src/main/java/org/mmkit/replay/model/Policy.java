package org.mmkit.replay.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One set of huge-page settings to replay under.
 *
 * @param name how tables and truth files call it
 * @param enabled {@code transparent_hugepage/enabled}
 * @param sizes {@code hugepages-<size>kB/enabled} by size in KiB; a size left out is never, 2048 left out is inherit
 * @param defrag {@code transparent_hugepage/defrag}
 * @param khugepaged values of the files in {@code transparent_hugepage/khugepaged}
 * @param host the machine it runs on
 */
public record Policy(
        String name, String enabled, Map<Integer, String> sizes, String defrag, Map<String, Long> khugepaged, HostModel host) {

    /** Size in KiB of the huge page that the policy {@code always} uses. */
    public static final int PMD_KB = 2048;

    private static final String ROOT = "/sys/kernel/mm/transparent_hugepage/";

    public Policy {
        sizes = Map.copyOf(sizes);
        khugepaged = Map.copyOf(khugepaged);
    }

    /** A file of the kernel and the value to write to it. */
    public record Setting(String file, String value) {

        /** The shell line that writes it. */
        public String echo() {
            return "echo " + value + " > " + file;
        }
    }

    /**
     * The policy called {@code name}: {@code never}, {@code madvise}, {@code always}, or {@code mthp} and sizes in KiB
     * ({@code mthp64}, {@code mthp16+64}, {@code mthp64+2048}), which are then {@code always} and all others never.
     *
     * @throws IllegalArgumentException naming what would be right
     */
    public static Policy named(String name) {
        return switch (name) {
            case "never", "madvise", "always" ->
                    new Policy(name, name, Map.of(), "madvise", Map.of(), HostModel.standard());
            default -> {
                if (!name.startsWith("mthp")) {
                    throw new IllegalArgumentException(
                            "no policy \"" + name + "\"; there are never, madvise, always and mthp with sizes in kB, as in mthp64 or mthp16+64+2048");
                }
                Map<Integer, String> sizes = new TreeMap<>();
                sizes.put(PMD_KB, "never");
                for (String word : name.substring("mthp".length()).split("\\+")) {
                    sizes.put(size(word, name), "always");
                }
                yield new Policy(name, "always", sizes, "madvise", Map.of(), HostModel.standard());
            }
        };
    }

    private static int size(String word, String name) {
        for (int kb = 16; kb <= PMD_KB; kb *= 2) {
            if (word.equals(Integer.toString(kb))) {
                return kb;
            }
        }
        throw new IllegalArgumentException("\"" + word + "\" in policy \"" + name + "\" is no folio size; sizes are 16, 32, 64, … 2048 (kB)");
    }

    /** The same with another {@code defrag}. */
    public Policy withDefrag(String value) {
        return new Policy(name, enabled, sizes, value, khugepaged, host);
    }

    /** The same with khugepaged values. */
    public Policy withKhugepaged(Map<String, Long> values) {
        return new Policy(name, enabled, sizes, defrag, values, host);
    }

    /** The same on another host. */
    public Policy withHost(HostModel value) {
        return new Policy(name, enabled, sizes, defrag, khugepaged, value);
    }

    /** The same under another name. */
    public Policy withName(String value) {
        return new Policy(value, enabled, sizes, defrag, khugepaged, host);
    }

    /** Whether pages of 2 MiB are made wherever they fit, so that khugepaged is woken by the first area that can hold one. */
    public boolean isHugeEverywhere() {
        String huge = sizes.getOrDefault(PMD_KB, "inherit");
        return huge.equals("always") || huge.equals("inherit") && enabled.equals("always");
    }

    /** Everything that must be written to have exactly this policy, in an order that is right at each step. */
    public List<Setting> settings() {
        Map<String, String> files = new LinkedHashMap<>();
        files.put(ROOT + "defrag", defrag);
        for (int kb = 16; kb <= PMD_KB; kb *= 2) {
            files.put(ROOT + "hugepages-" + kb + "kB/enabled", sizes.getOrDefault(kb, kb == PMD_KB ? "inherit" : "never"));
        }
        new TreeMap<>(khugepaged).forEach((file, value) -> files.put(ROOT + "khugepaged/" + file, Long.toString(value)));
        files.put(ROOT + "enabled", enabled);
        List<Setting> settings = new ArrayList<>();
        files.forEach((file, value) -> settings.add(new Setting(file, value)));
        return settings;
    }

    /** What must be written on a machine with Linux's defaults to have this policy. */
    public List<Setting> changes() {
        List<Setting> changes = new ArrayList<>();
        for (Setting s : settings()) {
            boolean size = s.file().contains("/hugepages-");
            boolean usual = size ? s.value().equals(s.file().endsWith("-2048kB/enabled") ? "inherit" : "never") : s.value().equals("madvise");
            if (!usual || s.file().endsWith("/enabled") && !size) {
                changes.add(s);
            }
        }
        new TreeMap<>(host.hugetlbPools()).forEach((bytes, pages) -> changes.add(new Setting(
                "/sys/kernel/mm/hugepages/hugepages-" + (bytes >> 10) + "kB/nr_hugepages", Long.toString(pages))));
        return changes;
    }
}
