package org.mmkit.scenario.generate;

import java.util.SplittableRandom;

/**
 * Random calls where several folio sizes are allowed at once and change on the way, with swap: parts paged out and read back by other
 * sizes, small ranges given up by MADV_FREE, children that share, khugepaged at the end of a line.
 */
final class SizesScenario extends ScenarioText {

    private static final String THP = " > /sys/kernel/mm/transparent_hugepage/";
    private static final String[] SIZES = {"16", "32", "64", "128", "256", "512", "1024", "2048"};

    private final boolean scans;

    /** {@code scans}: with khugepaged and its limits rather than with many sizes. */
    SizesScenario(SplittableRandom random, boolean scans) {
        super(random);
        this.scans = scans;
    }

    String write(long seed, int operations) {
        line("# random " + (scans ? "SCANS" : "SIZES") + " scenario, seed " + seed);
        line("echo " + pick("madvise", "never") + THP + "enabled");
        line("echo " + random.nextInt(2) + THP + "use_zero_page");
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            line("echo madvise" + THP + "hugepages-" + pick(SIZES) + "kB/enabled");
        }
        if (scans) {
            line("echo " + pick("0", "1", "64", "256", "511") + THP + "khugepaged/max_ptes_none");
            line("echo " + pick("0", "4", "64", "512") + THP + "khugepaged/max_ptes_swap");
            line("echo " + pick("0", "8", "256") + THP + "khugepaged/max_ptes_shared");
        }
        if (random.nextInt(3) > 0) {
            line("swapon(64M)");
        }
        line("a = mmap(" + BASE + ", 8M, PROT_READ|PROT_WRITE, " + ANON + "_NOREPLACE, -1, 0)");
        line("madvise(a, 8M, MADV_HUGEPAGE)");
        body(operations, this::operation, this::observe);
        line("status()");
        return text();
    }

    /** A range that is small more often than not. */
    private String few() {
        long start = place();
        long pages = Math.min(PAGES - start, switch (random.nextInt(4)) {
            case 0 -> 1;
            case 1 -> 2L << random.nextInt(7);
            case 2 -> 1 + random.nextInt(40);
            default -> length(start);
        });
        return address(start) + ", " + pages * 4 + "K";
    }

    private void operation() {
        int roll = random.nextInt(100);
        if (roll < 26) {
            touch();
        } else if (roll < 46) {
            line("madvise(" + few() + ", MADV_PAGEOUT)");
        } else if (roll < 54) {
            line("madvise(" + few() + ", " + pick("MADV_DONTNEED", "MADV_DONTNEED", "MADV_COLD", "MADV_WILLNEED", "MADV_POPULATE_WRITE",
                    "MADV_POPULATE_READ", "MADV_COLLAPSE", "MADV_GUARD_INSTALL", "MADV_GUARD_REMOVE") + ")");
        } else if (roll < 62) {
            line("echo " + pick("madvise", "madvise", "never", "inherit") + THP + "hugepages-" + pick(SIZES)
                    + "kB/enabled");
        } else if (roll < 66) {
            line("munmap(" + few() + ")");
        } else if (roll < 71) {
            line("mmap(" + few() + ", PROT_READ|PROT_WRITE, " + ANON + ", -1, 0)");
            line("madvise(a, 8M, MADV_HUGEPAGE)");
        } else if (roll < 75) {
            line("mprotect(" + few() + ", " + pick("PROT_READ|PROT_WRITE", "PROT_READ") + ")");
        } else if (roll < 79) {
            line(pick("mlock(", "munlock(", "munlock(") + few() + ")");
        } else if (roll < 83) {
            long start = place();
            long length = length(start);
            line("mremap(" + address(start) + ", " + length * 4 + "K, " + length * 4 + "K, MREMAP_MAYMOVE|MREMAP_FIXED, a+16M+"
                    + (random.nextInt(3) == 0 ? place() : start) * 4 + "K)");
        } else if (roll < 87) {
            line("echo 2 > /proc/sys/vm/drop_caches");
        } else if (roll < 92 && scans) {
            line("khugepaged(2)");
        } else if (depth < 2) {
            child();
        }
    }

    private void touch() {
        String range = few() + ", " + pick("4K", "4K", "16K", "64K");
        line(random.nextInt(3) == 0 ? "load(" + range + ")" : "store(" + range + ", " + random.nextInt(200) + ")");
    }

    private void child() {
        block("child", () -> {
            for (int i = random.nextInt(5); i >= 0; i--) {
                if (random.nextInt(4) == 0) {
                    block("parent", this::operation);
                } else {
                    operation();
                }
                observe();
            }
        });
    }

    private void observe() {
        line("smaps(a, 32M)");
        line("pagemap(a, 8M)");
        if (random.nextInt(2) == 0) {
            line("pagemap(a+16M, 8M)");
        }
        if (random.nextInt(2) == 0) {
            line(pick("vmstat()", "mthp()", "mthp()"));
        }
    }
}
