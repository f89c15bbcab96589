package org.mmkit.cli;

import java.nio.file.Path;
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

    private static final List<String> USUAL = List.of("never", "madvise", "always", "mthp64");

    @Option(names = "--thp", split = ",", paramLabel = "MODE",
            description = "never, madvise, always, or mthp and folio sizes in kB (mthp64, mthp16+64+2048);"
                    + " never,madvise,always,mthp64 if not given, always with --policy.")
    private List<String> thp = List.of();

    @Option(names = "--policy", split = ",", paramLabel = "NAME",
            description = "Who hands out huge pages: linux, reservation, ingens, or the policy of a plugin; linux if not given.")
    private List<String> pagePolicies = List.of();

    @Option(names = "--plugins", paramLabel = "PATH",
            description = "A plugin jar, or a folder of them, besides those of MM_PLUGIN_PATH; may be repeated.")
    private List<Path> plugins = new ArrayList<>();

    @Option(names = "--defrag", split = ",", paramLabel = "VALUE", defaultValue = "madvise",
            description = "transparent_hugepage/defrag; ${DEFAULT-VALUE} if not given.")
    private List<String> defrag = List.of();

    @Option(names = "--khugepaged", paramLabel = "FILE=VALUE", description = "A file of transparent_hugepage/khugepaged, as in max_ptes_none=0; may be repeated.")
    private Map<String, Long> khugepaged = new LinkedHashMap<>();

    @Option(names = "--hugetlb", split = ",", paramLabel = "[SIZE=]PAGES",
            description = "HugeTLB pages at boot, of 2M or of SIZE, as in 40 or 2M=40,1G=2; what the recording needs if not given.")
    private List<String> hugetlb = List.of();

    @Option(names = "--cmdline", paramLabel = "TEXT", description = "More of the kernel command line of the replay's machines.")
    private String commandLine = "";

    @Option(names = "--kernel", split = ",", paramLabel = "VERSION", defaultValue = "6.18", description = "Kernel profile: 4.12, 5.14 or 6.18.")
    private List<String> kernels = List.of();

    @Option(names = "--arch", paramLabel = "NAME", defaultValue = HostModel.USUAL_ARCHITECTURE,
            description = "The architecture, with base pages of 4 KiB; ${DEFAULT-VALUE} if not given.")
    private String architecture = HostModel.USUAL_ARCHITECTURE;

    @Option(names = "--set", paramLabel = "SYMBOL=VALUE", description = "One Kconfig symbol of the machine; may be repeated.")
    private Map<String, String> symbols = new LinkedHashMap<>();

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
                for (String name : modes()) {
                    for (String pages : pagePolicies.isEmpty() ? List.of(HostModel.LINUX_POLICY) : pagePolicies) {
                        matrix.add(policy(name, pages, value, kernel));
                    }
                }
            }
        }
        return matrix;
    }

    /** Policies differ where huge pages are not asked for, so {@code always} shows them best. */
    private List<String> modes() {
        if (!thp.isEmpty()) {
            return thp;
        }
        return pagePolicies.isEmpty() ? USUAL : List.of("always");
    }

    private Policy policy(String name, String pages, String value, String kernel) {
        if (!(fragmentation >= 0 && fragmentation <= 1)) {
            throw CommandException.badInput("--fragmentation " + fragmentation + ": a share lies between 0 and 1");
        }
        Policy policy;
        try {
            policy = Policy.named(name);
        } catch (IllegalArgumentException e) {
            throw CommandException.badInput(e);
        }
        String who = pagePolicies.isEmpty() ? name : modes().size() > 1 ? name + " " + pages : pages;
        String title = who + (defrag.size() > 1 ? " defrag=" + value : "") + (kernels.size() > 1 ? " on " + kernel : "");
        return policy.withDefrag(value).withKhugepaged(khugepaged).withHost(new HostModel(kernel, memory.map(PolicyOptions::bytes).orElse(0L), fragmentation, pools(), pages, plugins,
                architecture, symbols(), commandLine)).withName(title);
    }

    private Map<String, String> symbols() {
        Map<String, String> names = new LinkedHashMap<>();
        symbols.forEach((symbol, value) -> names.put(symbol.replaceFirst("^CONFIG_", ""), value));
        return names;
    }

    private Map<Long, Long> pools() {
        Map<Long, Long> pools = new LinkedHashMap<>();
        for (String word : hugetlb) {
            String[] parts = word.split("=", 2);
            String pages = parts[parts.length - 1].strip();
            if (!pages.matches("[0-9]{1,9}")) {
                throw CommandException.badInput("--hugetlb " + word + ": a number of pages, or SIZE=PAGES, as in 2M=40,1G=2");
            }
            pools.put(parts.length == 1 ? 2L << 20 : Sizes.parse(parts[0]), Long.parseLong(pages));
        }
        return pools;
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
