package org.mmkit.scenario.generate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes variations of a scenario: the same subject with other sizes, flags, limits, order of calls, a child in between, and a look
 * at everything at the end. The same seed gives the same text, always.
 *
 * <p>A variation may hold calls that fail, touch what is not mapped, or do nothing: what a kernel answers to those is worth knowing too.
 */
public final class ScenarioVariation {

    private static final Pattern CALL = Pattern.compile("(\\s*)(?:(\\w+)\\s*=\\s*)?(\\w+)\\((.*)\\)\\s*(?:#.*)?");
    private static final Pattern ECHO = Pattern.compile("(\\s*)echo (\\S+) > (\\S+)");
    private static final Pattern NUMBER = Pattern.compile("(?<![\\w.])(\\d{1,5})([KM]?)(?![\\w.])");
    private static final Pattern FLAG = Pattern.compile("\\b[A-Z]+_[A-Z_]+\\b");

    private static final Pattern NAME = Pattern.compile("(?<![\\w.])[a-z_]\\w*");
    private static final Pattern SETS = Pattern.compile("^\\s*(?:(\\w+)\\s*=|pin\\((\\w+),)");

    private static final List<String> RANGE_CALLS = List.of("store", "load", "madvise", "munmap", "mprotect", "mlock", "mlock2", "munlock", "msync",
            "smaps", "pagemap", "mremap");
    private static final List<String> LOOKS = List.of("smaps", "pagemap", "vmstat", "mthp", "meminfo", "status", "fstat", "statfs", "memmap",
            "hugetlb", "aligned");
    private static final List<String> SIZES = List.of("4K", "8K", "12K", "16K", "20K", "64K", "60K", "68K", "128K", "256K", "512K", "1M", "1M+4K",
            "2M-4K", "2M", "2M+4K", "2M+64K", "3M", "4M-4K", "4M");
    private static final List<String> ADVICE = List.of("MADV_DONTNEED", "MADV_HUGEPAGE", "MADV_NOHUGEPAGE", "MADV_COLLAPSE", "MADV_FREE",
            "MADV_PAGEOUT", "MADV_COLD", "MADV_POPULATE_READ", "MADV_POPULATE_WRITE", "MADV_GUARD_INSTALL", "MADV_GUARD_REMOVE",
            "MADV_DONTFORK", "MADV_DOFORK", "MADV_WIPEONFORK", "MADV_KEEPONFORK", "MADV_DONTDUMP", "MADV_DODUMP", "MADV_SEQUENTIAL",
            "MADV_RANDOM", "MADV_NORMAL", "MADV_WILLNEED", "MADV_REMOVE", "MADV_DONTNEED_LOCKED", "MADV_MERGEABLE", "MADV_UNMERGEABLE");
    private static final List<String> PROTECTION = List.of("PROT_READ|PROT_WRITE", "PROT_READ|PROT_WRITE", "PROT_READ", "PROT_NONE",
            "PROT_READ|PROT_EXEC", "PROT_READ|PROT_WRITE|PROT_EXEC");

    /** The values a file takes, by the end of its path. */
    private static final Map<String, List<String>> KNOBS = Map.ofEntries(
            Map.entry("transparent_hugepage/enabled", List.of("madvise", "madvise", "always", "never")),
            Map.entry("transparent_hugepage/defrag", List.of("always", "defer", "defer+madvise", "madvise", "never")),
            Map.entry("2048kB/enabled", List.of("inherit", "always", "madvise", "never")),
            Map.entry("kB/enabled", List.of("inherit", "madvise", "always", "never")),
            Map.entry("transparent_hugepage/shmem_enabled", List.of("always", "within_size", "advise", "never", "deny", "force")),
            Map.entry("2048kB/shmem_enabled", List.of("inherit", "always", "within_size", "advise", "never")),
            Map.entry("kB/shmem_enabled", List.of("inherit", "always", "within_size", "advise", "never")),
            Map.entry("use_zero_page", List.of("0", "1")),
            Map.entry("shrink_underused", List.of("0", "1")),
            Map.entry("khugepaged/defrag", List.of("0", "1")),
            Map.entry("max_ptes_none", List.of("0", "1", "64", "255", "256", "448", "510", "511")),
            Map.entry("max_ptes_swap", List.of("0", "1", "16", "64", "256", "511")),
            Map.entry("max_ptes_shared", List.of("0", "1", "128", "256", "511")),
            Map.entry("drop_caches", List.of("2", "1", "3")),
            Map.entry("overcommit_memory", List.of("0", "1", "2")));

    private final SplittableRandom random;
    private final List<String> lines;

    private ScenarioVariation(List<String> lines, SplittableRandom random) {
        this.lines = lines;
        this.random = random;
    }

    /** A variation of the scenario {@code text} with {@code changes} changes. */
    public static String vary(String text, long seed, int changes) {
        ScenarioVariation variation = new ScenarioVariation(new ArrayList<>(Arrays.asList(text.split("\n"))), new SplittableRandom(seed));
        int done = 0;
        for (int tries = 0; done < changes && tries < changes * 20; tries++) {
            done += variation.change() ? 1 : 0;
        }
        variation.dropWhatIsNotDefined();
        variation.lookAtTheEnd();
        return String.join("\n", variation.lines) + "\n";
    }

    private boolean change() {
        int roll = random.nextInt(100);
        int at = random.nextInt(lines.size());
        if (roll < 10) {
            return setting(at);
        }
        if (roll < 36) {
            return size(at);
        }
        if (roll < 50) {
            return flag(at);
        }
        if (roll < 74) {
            return insert(at);
        }
        if (roll < 82) {
            return exchange(at);
        }
        if (roll < 86) {
            return repeat(at);
        }
        return roll < 89 ? remove(at) : fork(at);
    }

    private boolean setting(int at) {
        Matcher echo = ECHO.matcher(lines.get(at));
        if (!echo.matches()) {
            return false;
        }
        return KNOBS.entrySet().stream()
                .filter(knob -> echo.group(3).endsWith(knob.getKey()))
                .max(Comparator.comparingInt(knob -> knob.getKey().length()))
                .map(knob -> lines.set(at, echo.group(1) + "echo " + pick(knob.getValue()) + " > " + echo.group(3)))
                .isPresent();
    }

    private boolean size(int at) {
        Matcher call = CALL.matcher(lines.get(at));
        if (!call.matches() || call.group(3).startsWith("prctl") || call.group(3).startsWith("shmctl")) {
            return false;
        }
        Matcher number = NUMBER.matcher(lines.get(at));
        List<int[]> found = new ArrayList<>();
        while (number.find()) {
            if (!number.group(2).isEmpty()) {
                found.add(new int[] {number.start(), number.end()});
            }
        }
        if (found.isEmpty()) {
            return false;
        }
        int[] one = found.get(random.nextInt(found.size()));
        String before = lines.get(at).substring(0, one[0]);
        String value = lines.get(at).substring(one[0], one[1]);
        String changed = switch (random.nextInt(5)) {
            case 0 -> value + "+4K";
            case 1 -> value.equals("4K") ? "8K" : value + "-4K";
            case 2 -> value + pick(List.of("+64K", "-64K", "+2M", "+1M"));
            default -> pick(SIZES);
        };
        lines.set(at, before + changed + lines.get(at).substring(one[1]));
        return true;
    }

    private boolean flag(int at) {
        Matcher call = CALL.matcher(lines.get(at));
        if (!call.matches()) {
            return false;
        }
        String line = lines.get(at);
        Matcher flag = FLAG.matcher(line);
        List<String> found = new ArrayList<>();
        while (flag.find()) {
            found.add(flag.group());
        }
        if (found.isEmpty()) {
            return false;
        }
        String one = pick(found);
        String other = one;
        if (one.startsWith("MADV_")) {
            other = pick(ADVICE);
        } else if (one.startsWith("PROT_")) {
            lines.set(at, line.replaceFirst("PROT_[A-Z_|]*[A-Z]", pick(PROTECTION)));
            return true;
        } else if (one.equals("MAP_PRIVATE") || one.equals("MAP_SHARED")) {
            other = one.equals("MAP_SHARED") ? "MAP_PRIVATE" : "MAP_SHARED";
        } else if (one.startsWith("MAP_FIXED") || one.equals("MAP_ANONYMOUS")) {
            other = one + "|" + pick(List.of("MAP_POPULATE", "MAP_NORESERVE", "MAP_LOCKED", "MAP_STACK", "MAP_POPULATE|MAP_NONBLOCK"));
        } else if (one.startsWith("MCL_")) {
            other = pick(List.of("MCL_CURRENT", "MCL_FUTURE", "MCL_CURRENT|MCL_FUTURE", "MCL_CURRENT|MCL_ONFAULT", "MCL_FUTURE|MCL_ONFAULT"));
        } else if (one.equals("MREMAP_FIXED")) {
            other = "MREMAP_FIXED|MREMAP_DONTUNMAP";
        } else if (one.startsWith("FALLOC_FL_")) {
            other = pick(List.of("FALLOC_FL_KEEP_SIZE", "FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE", "FALLOC_FL_PUNCH_HOLE", "FALLOC_FL_ZERO_RANGE"));
        }
        lines.set(at, line.replaceFirst("\\b" + one + "\\b", other));
        return !other.equals(one);
    }

    /** A new call on a range that the scenario uses elsewhere, or on a part of it. */
    private boolean insert(int at) {
        String range = range();
        if (range.isEmpty()) {
            return false;
        }
        String[] parts = range.split(", ", 2);
        String where = parts[0];
        String length = parts[1];
        if (random.nextInt(2) == 0) {
            where += pick(List.of("", "+4K", "+64K", "+1M", "+2M", "+2M-4K", "+1M+8K"));
            length = pick(SIZES);
        }
        String both = where + ", " + length;
        String line = switch (random.nextInt(20)) {
            case 0, 1, 2 -> "store(" + both + ", " + pick(List.of("4K", "4K", "64K", "2M")) + ", " + random.nextInt(100) + ")";
            case 3, 4 -> "load(" + both + ", " + pick(List.of("4K", "64K")) + ")";
            case 5, 6, 7, 8, 9, 10 -> "madvise(" + both + ", " + pick(ADVICE) + ")";
            case 11, 12 -> "mprotect(" + both + ", " + pick(PROTECTION) + ")";
            case 13 -> pick(List.of("mlock(", "munlock(")) + both + ")";
            case 14 -> "mlock2(" + both + ", MLOCK_ONFAULT)";
            case 15 -> "munmap(" + both + ")";
            case 16 -> "mremap(" + both + ", " + length + ", MREMAP_MAYMOVE|MREMAP_FIXED" + pick(List.of("", "|MREMAP_DONTUNMAP"))
                    + ", 0x180000000000+" + pick(List.of("0", "2M", "4K", "64K", "3M")) + ")";
            case 17 -> "mmap(" + both + ", " + pick(PROTECTION) + ", MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED"
                    + pick(List.of("", "", "|MAP_POPULATE", "|MAP_LOCKED")) + ", -1, 0)";
            case 18 -> pick(List.of("echo 2 > /proc/sys/vm/drop_caches", "swapoff()", "swapon(64M)", "khugepaged(2)", "khugepaged(2)",
                    "madvise(" + where + ", 2M, MADV_COLLAPSE)"));
            default -> pick(List.of("pin(q", "unpin(q")) + random.nextInt(3) + ")";
        };
        if (line.startsWith("pin")) {
            line = line.replace(")", ", " + where + ", 4K)");
        }
        if (line.startsWith("unpin") && !String.join(" ", lines).contains(" pin(q" + line.charAt(7))) {
            return false;
        }
        String indent = indent(at);
        if (line.contains("pin(") && !indent.isEmpty()) {
            return false;
        }
        if (undefined(where, at)) {
            return false;
        }
        lines.add(at, indent + line);
        if (random.nextInt(2) == 0) {
            lines.add(at + 1, indent + "smaps(" + range + ")");
            lines.add(at + 2, indent + "pagemap(" + range + ")");
            lines.add(at + 3, indent + pick(List.of("vmstat()", "mthp()")));
        }
        return true;
    }

    /** Whether the first variable of {@code where} has no value before line {@code at}. */
    private boolean undefined(String where, int at) {
        Matcher name = Pattern.compile("^([a-z_]\\w*)").matcher(where);
        if (!name.find()) {
            return false;
        }
        Pattern set = Pattern.compile("\\s*" + name.group(1) + "\\s*=.*");
        return lines.subList(0, at).stream().noneMatch(l -> set.matcher(l).matches());
    }

    private void dropWhatIsNotDefined() {
        Set<String> known = new HashSet<>();
        List<String> kept = new ArrayList<>();
        for (String line : lines) {
            Matcher set = SETS.matcher(line);
            Matcher call = CALL.matcher(line);
            boolean defined = true;
            if (call.matches() && !call.group(3).equals("vmstat") && !call.group(3).equals("mthp") && !call.group(3).equals("pin")) {
                Matcher name = NAME.matcher(call.group(4).replaceAll("\"[^\"]*\"", ""));
                while (name.find()) {
                    defined &= known.contains(name.group());
                }
            }
            if (defined) {
                kept.add(line);
                if (set.find()) {
                    known.add(set.group(1) == null ? set.group(2) : set.group(1));
                }
            }
        }
        lines.clear();
        lines.addAll(kept);
    }

    private String range() {
        List<String> found = new ArrayList<>();
        for (String line : lines) {
            Matcher call = CALL.matcher(line);
            if (call.matches() && RANGE_CALLS.contains(call.group(3))) {
                String[] arguments = call.group(4).split(",\\s*");
                if (arguments.length >= 2) {
                    found.add(arguments[0] + ", " + arguments[1]);
                }
            }
        }
        return found.isEmpty() ? "" : pick(found);
    }

    private boolean movable(int at) {
        if (at < 0 || at >= lines.size()) {
            return false;
        }
        Matcher call = CALL.matcher(lines.get(at));
        return ECHO.matcher(lines.get(at)).matches() || call.matches() && call.group(2) == null && !LOOKS.contains(call.group(3))
                && !call.group(3).contains("pin");
    }

    private boolean exchange(int at) {
        if (!movable(at)) {
            return false;
        }
        for (int other = at + 1; other < lines.size() && indent(other).equals(indent(at)); other++) {
            if (movable(other)) {
                String line = lines.get(at);
                lines.set(at, lines.get(other));
                lines.set(other, line);
                return true;
            }
        }
        return false;
    }

    private boolean repeat(int at) {
        int target = at + 1 + random.nextInt(6);
        if (!movable(at) || target >= lines.size() || !indent(target).equals(indent(at))) {
            return false;
        }
        lines.add(target, lines.get(at));
        return true;
    }

    private boolean remove(int at) {
        if (!movable(at)) {
            return false;
        }
        lines.remove(at);
        return true;
    }

    /** A few lines run in a child from now on, or a child looks on. */
    private boolean fork(int at) {
        int end = at;
        while (end < lines.size() && end < at + 4 && (movable(end) || looks(end)) && indent(end).equals(indent(at))
                && !lines.get(end).contains("khugepaged(")) {
            end++;
        }
        if (end == at || indent(at).length() > 2) {
            return false;
        }
        String indent = indent(at);
        boolean here = random.nextInt(3) == 0;
        for (int i = at; i < end; i++) {
            lines.set(i, (here ? "    " : "  ") + lines.get(i));
        }
        if (here) {
            lines.add(end, indent + "  }");
        }
        lines.add(here ? end + 1 : end, indent + "}");
        if (here) {
            lines.add(at, indent + "  parent {");
        }
        lines.add(at, indent + "child {");
        return true;
    }

    private boolean looks(int at) {
        Matcher call = CALL.matcher(lines.get(at));
        return call.matches() && call.group(2) == null && LOOKS.contains(call.group(3));
    }

    private void lookAtTheEnd() {
        List<String> ends = new ArrayList<>();
        for (String line : lines) {
            Matcher call = CALL.matcher(line);
            if (line.startsWith(" ") || !call.matches() || call.group(2) == null) {
                continue;
            }
            String name = call.group(2);
            switch (call.group(3)) {
                case "mmap" -> {
                    String length = call.group(4).split(",\\s*")[1];
                    ends.add("smaps(" + name + ", " + length + ")");
                    ends.add("pagemap(" + name + ", " + length + ")");
                }
                case "open", "memfd_create" -> ends.add("fstat(" + name + ")");
                default -> { }
            }
        }
        lines.addAll(ends.subList(0, Math.min(ends.size(), 12)));
        lines.addAll(List.of("vmstat()", "mthp()", "meminfo()", "status()"));
    }

    private String indent(int at) {
        String line = lines.get(at);
        String indent = line.substring(0, line.length() - line.stripLeading().length());
        return line.strip().equals("}") ? indent + "  " : indent;
    }

    private String pick(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
