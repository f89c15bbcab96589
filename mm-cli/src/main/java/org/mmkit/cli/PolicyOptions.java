package org.mmkit.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mmkit.replay.model.HostModel;
import org.mmkit.replay.model.Policy;
import picocli.CommandLine.Option;

/** The options that say which policies to compare: all combinations of what is listed. */
final class PolicyOptions {

    private static final List<String> DEFRAG = List.of("always", "defer", "defer+madvise", "madvise", "never");

    @Option(names = "--thp", split = ",", paramLabel = "POLICY", defaultValue = "never,madvise,always,mthp64",
            description = "never, madvise, always, or mthp and folio sizes in kB (mthp64, mthp16+64+2048); ${DEFAULT-VALUE} if not given.")
    private List<String> thp = List.of();

    @Option(names = "--defrag", split = ",", paramLabel = "VALUE", defaultValue = "madvise",
            description = "transparent_hugepage/defrag; ${DEFAULT-VALUE} if not given.")
    private List<String> defrag = List.of();

    @Option(names = "--khugepaged", paramLabel = "FILE=VALUE", description = "A file of transparent_hugepage/khugepaged, as in max_ptes_none=0; may be repeated.")
    private Map<String, Long> khugepaged = new LinkedHashMap<>();

    @Option(names = "--hugetlb", paramLabel = "PAGES", defaultValue = "0", description = "2 MB pages in the HugeTLB pool.")
    private int hugetlb;

    @Option(names = "--kernel", split = ",", paramLabel = "VERSION", defaultValue = "6.18", description = "Kernel profile: 4.12, 5.14 or 6.18.")
    private List<String> kernels = List.of();

    @Option(names = "--memory", paramLabel = "SIZE", description = "Memory of the machine; 24G, or what the program needs, if not given.")
    private Optional<String> memory = Optional.empty();

    @Option(names = "--fragmentation", paramLabel = "SHARE", defaultValue = "0",
            description = "Share, 0 to 1, of the 2 MB blocks in which unmovable memory sits before the program starts.")
    private double fragmentation;

    /** All combinations, the kernels varying slowest. */
    List<Policy> matrix() {
        List<Policy> matrix = new ArrayList<>();
        for (String kernel : kernels) {
            if (!List.of("4.12", "5.14", "6.18").contains(kernel)) {
                throw CommandException.badInput("no kernel profile \"" + kernel + "\"; there are 4.12, 5.14 and 6.18");
            }
            for (String value : defrag) {
                if (!DEFRAG.contains(value)) {
                    throw CommandException.badInput("--defrag " + value + ": the values are " + String.join(", ", DEFRAG));
                }
                for (String name : thp) {
                    matrix.add(policy(name, value, kernel));
                }
            }
        }
        return matrix;
    }

    private Policy policy(String name, String value, String kernel) {
        if (!(fragmentation >= 0 && fragmentation <= 1)) {
            throw CommandException.badInput("--fragmentation " + fragmentation + ": a share lies between 0 and 1");
        }
        Policy policy;
        try {
            policy = Policy.named(name);
        } catch (IllegalArgumentException e) {
            throw CommandException.badInput(e.getMessage());
        }
        String title = name + (defrag.size() > 1 ? " defrag=" + value : "") + (kernels.size() > 1 ? " on " + kernel : "");
        return policy.withDefrag(value).withKhugepaged(khugepaged).withHost(new HostModel(kernel, memory.map(PolicyOptions::bytes).orElse(0L), fragmentation, hugetlb)).withName(title);
    }

    private static long bytes(String text) {
        if (text.matches("[0-9]{1,12}[KMGT]?")) {
            char unit = text.charAt(text.length() - 1);
            int shift = switch (unit) {
                case 'K' -> 10;
                case 'M' -> 20;
                case 'G' -> 30;
                case 'T' -> 40;
                default -> 0;
            };
            long value = Long.parseLong(shift == 0 ? text : text.substring(0, text.length() - 1));
            if (value > 0 && value << shift >> shift == value && value << shift >= 64L << 20) {
                return value << shift;
            }
        }
        throw CommandException.badInput("--memory " + text + ": a size is a number with K, M, G or T, and at least 64M");
    }
}
