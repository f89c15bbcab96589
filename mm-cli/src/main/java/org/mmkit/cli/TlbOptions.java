package org.mmkit.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.replay.tlb.Mmu;
import org.mmkit.replay.tlb.Processors;
import picocli.CommandLine.Option;

/** The options of a replay of memory accesses. */
final class TlbOptions {

    private static final Pattern ARRAY = Pattern.compile("([12]):([0-9]{1,7})/([0-9]{1,7}):([0-9kmgKMG+]+)");
    private static final int MOST_WALK_ENTRIES = 1 << 16;
    private static final List<String> SIZES = List.of("4k", "2m", "1g");

    @Option(names = "--tlb", description = "The inputs are traces of memory accesses (valgrind lackey, drmemtrace view, perf mem):"
            + " print TLB misses and page walks for each policy.")
    private boolean tlb;

    @Option(names = "--tlb-array", paramLabel = "LEVEL:ENTRIES/WAYS:SIZES", description = "With --tlb: a TLB in place of the usual ones, as in 1:64/4:4K or 2:1536/12:4K+2M;"
            + " may be repeated.")
    private List<String> arrays = new ArrayList<>();

    @Option(names = "--walk-caches", split = ",", paramLabel = "N", description = "With --tlb-array: entries of the paging-structure cache of each level, from the PMD; none if not given.")
    private List<Integer> walkCaches = new ArrayList<>();

    @Option(names = "--nested", paramLabel = "SIZE", description = "With --tlb: the program runs in a virtual machine whose memory the host maps by pages of 4K, 2M or 1G.")
    private Optional<String> nested = Optional.empty();

    @Option(names = "--asids", paramLabel = "N|none", defaultValue = "" + Processors.USUAL_NUMBERS, description = "With --tlb and a trace of several processes:"
            + " address spaces that a processor tells apart; none: each switch drops everything. ${DEFAULT-VALUE} if not given, as Linux on x86.")
    private String asids = "";

    /** Numbers of address spaces, 0 for none. */
    int asids() {
        if (asids.equals("none")) {
            return 0;
        }
        if (!asids.matches("[1-9][0-9]{0,3}") || Integer.parseInt(asids) > Mmu.MOST_SPACES + 1) {
            throw CommandException.badInput("--asids " + asids + ": a processor has 1 to " + (Mmu.MOST_SPACES + 1) + " numbers of address spaces, or none");
        }
        return Integer.parseInt(asids);
    }

    /** Refuses what would be without effect. */
    void check() {
        if (!tlb && (!arrays.isEmpty() || !walkCaches.isEmpty() || nested.isPresent() || !asids.equals("" + Processors.USUAL_NUMBERS))) {
            throw CommandException.badInput("--tlb-array, --walk-caches, --nested and --asids describe the processor for --tlb, which is not given");
        }
    }

    boolean isWanted() {
        return tlb;
    }

    /** Bytes of the host's pages, 0 without a host. */
    long hostPage() {
        return nested.map(Sizes::parse).orElse(0L);
    }

    /** The TLBs asked for; empty for the usual ones. */
    Optional<MmuGeometry> geometry() {
        if (arrays.isEmpty()) {
            if (!walkCaches.isEmpty()) {
                throw CommandException.badInput("--walk-caches belongs to a processor of your own; describe its TLBs by --tlb-array");
            }
            return Optional.empty();
        }
        if (walkCaches.stream().anyMatch(n -> n < 1 || n > MOST_WALK_ENTRIES)) {
            throw CommandException.badInput("--walk-caches " + walkCaches.stream().map(String::valueOf).collect(Collectors.joining(","))
                    + ": each cache has 1 to " + MOST_WALK_ENTRIES + " entries; leave the option out for none");
        }
        List<MmuGeometry.Tlb> tlbs = new ArrayList<>();
        for (String text : arrays) {
            tlbs.add(array(text));
        }
        return Optional.of(new MmuGeometry(tlbs, walkCaches));
    }

    private static MmuGeometry.Tlb array(String text) {
        Matcher m = ARRAY.matcher(text);
        if (m.matches()) {
            int entries = Integer.parseInt(m.group(2));
            int ways = Integer.parseInt(m.group(3));
            int levels = 0;
            for (String size : m.group(4).toLowerCase(Locale.ROOT).split("\\+")) {
                int level = SIZES.indexOf(size) + 1;
                levels = level == 0 ? Integer.MIN_VALUE : levels | 1 << level;
            }
            if (levels > 0 && ways > 0 && entries > 0 && entries % ways == 0) {
                return new MmuGeometry.Tlb("L" + m.group(1) + " " + m.group(4).toUpperCase(Locale.ROOT), Integer.parseInt(m.group(1)), entries, ways, levels);
            }
        }
        throw CommandException.badInput("--tlb-array \"" + text + "\" is no TLB; write level 1 or 2, entries, which are a multiple of the ways, and the"
                + " page sizes 4K, 2M or 1G it holds, as in 2:1536/12:4K+2M");
    }
}
