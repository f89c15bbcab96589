package org.mmkit.scenario.generate;

import java.util.SplittableRandom;

/**
 * Writes random scenarios of one family. The same seed gives the same text, always.
 *
 * <p>Every scenario sets the knobs it depends on, works in a window of a few huge pages, where borders fall on base pages, on
 * small folios and on huge pages alike, and looks at everything often. What a kernel does not repeat (see the list of things that
 * cannot be relied on in the scenario language's description) is left out.
 */
public final class ScenarioGenerator extends ScenarioText {

    /** What a scenario is about. */
    public enum Family {
        /** Areas: merging, splitting, moving. No huge pages. */
        VMA,
        /** Huge pages of anonymous memory under madvise and always. */
        THP,
        /** Folios below the huge page. */
        MTHP,
        /** Shared memory files with huge pages. */
        SHMEM,
        /** Swapping out and in, by whole huge pages and by parts; the deferred split queue. */
        RECLAIM,
        /** Collapse in the background under every limit. */
        KHUGEPAGED,
        /** Pools of huge pages: reservations, private copies, files. */
        HUGETLB,
        /** Files of a tmpfs and a memfd: preallocation, holes, truncation, limits, remounts. */
        FILES,
        /** Rare calls and flags: prctl, mremap, mlock2, MAP_POPULATE, the heap, trees of processes, pins. */
        CALLS,
        /** What keeps a huge page whole and what splits it: parts unmapped, sharers, pins, the shrinker. */
        SPLIT,
        /** Several folio sizes at once and changing, parts paged out and read back by other sizes. */
        SIZES,
        /** khugepaged's limits over small folios, swap entries and children. */
        SCANS,
        /** System V segments, sealed memfds, shared anonymous memory. Needs a recorder that knows fcntl. */
        SEGMENTS,
        /** Each state that a range can be in, under a few calls on parts of it. */
        STATES
    }

    private final Family family;

    private ScenarioGenerator(Family family, SplittableRandom random) {
        super(random);
        this.family = family;
    }

    /** The text of the scenario of {@code family} with {@code seed}, about {@code operations} operations long. */
    public static String generate(Family family, long seed, int operations) {
        SplittableRandom random = new SplittableRandom(seed * 31 + family.ordinal());
        return switch (family) {
            case FILES -> new FileScenario(random).write(seed, operations);
            case CALLS -> new CallScenario(random, false).write(seed, operations);
            case SPLIT -> new CallScenario(random, true).write(seed, operations);
            case SIZES -> new SizesScenario(random, false).write(seed, operations);
            case SCANS -> new SizesScenario(random, true).write(seed, operations);
            case SEGMENTS -> new SegmentScenario(random).write(seed, operations);
            case STATES -> new StateScenario(random).write(seed, operations);
            default -> new ScenarioGenerator(family, random).write(seed, operations);
        };
    }

    private String write(long seed, int operations) {
        line("# random " + family + " scenario, seed " + seed);
        knobs();
        if (family == Family.HUGETLB) {
            return hugetlb(operations);
        }
        line("a = mmap(" + BASE + ", 8M, PROT_READ|PROT_WRITE, " + ANON + "_NOREPLACE, -1, 0)");
        if (family == Family.RECLAIM) {
            line("swapon(64M)");
        }
        if (family == Family.SHMEM) {
            line("f = memfd_create(\"m\", 0)");
            line("ftruncate(f, 8M)");
        }
        if (family != Family.VMA && random.nextInt(3) > 0) {
            line("madvise(a, 8M, MADV_HUGEPAGE)");
        }
        for (int i = 0; i < operations; i++) {
            operation();
            if (random.nextInt(3) == 0) {
                observe();
            }
        }
        observe();
        line("vmstat()");
        return text();
    }

    private void knobs() {
        String enabled = family == Family.VMA ? "never" : pick("madvise", "madvise", "madvise", "always");
        boolean small = family == Family.MTHP;
        line("echo " + (small ? pick("never", "madvise") : enabled) + " > /sys/kernel/mm/transparent_hugepage/enabled");
        line("echo madvise > /sys/kernel/mm/transparent_hugepage/defrag");
        line("echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled");
        line("echo " + random.nextInt(2) + " > /sys/kernel/mm/transparent_hugepage/use_zero_page");
        if (small) {
            for (int i = 0; i < 2; i++) {
                line("echo " + pick("madvise", "madvise", "inherit") + " > /sys/kernel/mm/transparent_hugepage/hugepages-"
                        + pick("16", "32", "64", "128", "256", "512", "1024") + "kB/enabled");
            }
        }
        if (family == Family.KHUGEPAGED) {
            line("echo " + pick("0", "63", "255", "511", "511") + " > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none");
            line("echo " + pick("0", "32", "256", "511") + " > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared");
        }
        if (family == Family.SHMEM) {
            line("echo " + pick("always", "within_size", "advise", "never")
                    + " > /sys/kernel/mm/transparent_hugepage/shmem_enabled");
        }
    }

    private void operation() {
        int roll = random.nextInt(100);
        if (family == Family.RECLAIM && roll < 25) {
            reclaim(roll);
        } else if (family == Family.KHUGEPAGED && roll < 12) {
            line("khugepaged(1)");
        } else if (roll < 28) {
            touch();
        } else if (roll < 38) {
            line("munmap(" + range(true) + ")");
        } else if (roll < 48) {
            line("mmap(" + range(true) + ", " + protection() + ", " + mapping());
        } else if (roll < 60) {
            line("mprotect(" + range(true) + ", " + protection() + ")");
        } else if (roll < 82) {
            line("madvise(" + range(true) + ", " + advice() + ")");
        } else if (roll < 88) {
            line(pick("mlock(", "munlock(", "munlock(") + range(false) + ")");
        } else if (roll < 94) {
            move();
        } else if (depth < 2) {
            child();
        }
    }

    private void reclaim(int roll) {
        if (roll < 16) {
            line("madvise(" + range(true) + ", MADV_PAGEOUT)");
        } else if (roll < 20) {
            line("echo 2 > /proc/sys/vm/drop_caches");
        } else {
            line("madvise(" + address(512L * random.nextInt(HUGE_PAGES)) + ", 2M, MADV_FREE)");
        }
    }

    private String hugetlb(int operations) {
        line("echo " + (2 + random.nextInt(6)) + " > /proc/sys/vm/nr_hugepages");
        line("echo " + random.nextInt(3) + " > /proc/sys/vm/nr_overcommit_hugepages");
        line("f = memfd_create(\"h\", MFD_HUGETLB)");
        line("ftruncate(f, 8M)");
        for (int i = 0; i < operations; i++) {
            hugetlbOperation();
            line("hugetlb(2M)");
            if (random.nextInt(3) == 0) {
                line("smaps(" + BASE + ", 32M)");
                line("pagemap(" + BASE + ", 16M)");
            }
        }
        line("meminfo()");
        line("status()");
        return text();
    }

    private void hugetlbOperation() {
        long at = random.nextInt(6);
        String place = BASE + "+" + 2 * at + "M";
        long pages = 1 + random.nextInt(4);
        switch (random.nextInt(12)) {
            case 0, 1 -> line("mmap(" + place + ", " + 2 * pages + "M, " + protection()
                    + ", MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED" + pick("", "", "|MAP_NORESERVE") + ", -1, 0)");
            case 2 -> line("mmap(" + place + ", " + 2 * pages + "M, " + protection() + ", "
                    + pick("MAP_SHARED", "MAP_SHARED", "MAP_PRIVATE") + "|MAP_FIXED, f, " + 2 * random.nextInt(3) + "M)");
            case 3, 4, 5 -> line("store(" + place + ", " + 2 * pages + "M, 2M, " + (1 + random.nextInt(200)) + ")");
            case 6 -> line("load(" + place + ", " + 2 * pages + "M, 2M)");
            case 7 -> line("munmap(" + place + ", " + 2 * pages + "M)");
            case 8 -> line("madvise(" + place + ", " + 2 * pages + "M, MADV_DONTNEED)");
            case 9 -> line("echo " + random.nextInt(8) + " > /proc/sys/vm/nr_hugepages");
            case 10 -> line("fallocate(f, " + pick("0", "FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE") + ", "
                    + 2 * random.nextInt(4) + "M, 2M)");
            default -> {
                if (depth < 1) {
                    block("child", () -> {
                        for (int i = random.nextInt(3); i >= 0; i--) {
                            hugetlbOperation();
                            line("hugetlb(2M)");
                        }
                    });
                }
            }
        }
    }

    private void touch() {
        long start = place();
        long length = length(start);
        String step = pick("4K", "4K", "64K", "2M");
        if (random.nextInt(3) == 0) {
            line("load(" + address(start) + ", " + length * 4 + "K, " + step + ")");
        } else {
            line("store(" + address(start) + ", " + length * 4 + "K, " + step + ", " + (1 + random.nextInt(200)) + ")");
        }
    }

    private String mapping() {
        if (family == Family.SHMEM && random.nextInt(2) == 0) {
            return pick("MAP_SHARED", "MAP_SHARED", "MAP_PRIVATE") + "|MAP_FIXED, f, "
                    + pick("0", "2M", "4M", "64K", "4K") + ")";
        }
        return ANON + pick("", "", "", "|MAP_NORESERVE", "|MAP_POPULATE") + ", -1, 0)";
    }

    private String protection() {
        return pick("PROT_READ|PROT_WRITE", "PROT_READ|PROT_WRITE", "PROT_READ", "PROT_NONE");
    }

    private String advice() {
        if (family == Family.VMA) {
            return pick(
                    "MADV_SEQUENTIAL",
                    "MADV_RANDOM",
                    "MADV_NORMAL",
                    "MADV_DONTFORK",
                    "MADV_DOFORK",
                    "MADV_DONTDUMP",
                    "MADV_DODUMP",
                    "MADV_WIPEONFORK",
                    "MADV_KEEPONFORK",
                    "MADV_DONTNEED",
                    "MADV_HUGEPAGE",
                    "MADV_NOHUGEPAGE");
        }
        return pick(
                "MADV_DONTNEED",
                "MADV_DONTNEED",
                "MADV_HUGEPAGE",
                "MADV_NOHUGEPAGE",
                "MADV_COLLAPSE",
                "MADV_POPULATE_WRITE",
                "MADV_POPULATE_READ",
                "MADV_GUARD_INSTALL",
                "MADV_GUARD_REMOVE",
                "MADV_SEQUENTIAL");
    }

    private void move() {
        long start = place();
        long length = length(start);
        long target = place();
        line("mremap(" + address(start) + ", " + length * 4 + "K, " + length * 4 + "K, MREMAP_MAYMOVE|MREMAP_FIXED"
                + pick("", "", "", "|MREMAP_DONTUNMAP") + ", a+16M+" + target * 4 + "K)");
        if (random.nextInt(2) == 0) {
            line("mremap(a+16M+" + target * 4 + "K, " + length * 4 + "K, " + length * 4
                    + "K, MREMAP_MAYMOVE|MREMAP_FIXED, " + address(random.nextInt(2) == 0 ? start : place()) + ")");
        }
    }

    private void child() {
        block("child", () -> {
            int n = 1 + random.nextInt(5);
            for (int i = 0; i < n; i++) {
                if (random.nextInt(5) == 0) {
                    block("parent", () -> {
                        touch();
                        observe();
                    });
                } else {
                    operation();
                    observe();
                }
            }
        });
    }

    private void observe() {
        line("smaps(a, 32M)");
        line("pagemap(a, 8M)");
        if (random.nextInt(3) == 0) {
            line("pagemap(a+16M, 8M)");
        }
        if (family != Family.VMA) {
            line(random.nextInt(2) == 0 ? "vmstat()" : "mthp()");
        }
        if (depth == 0 && random.nextInt(3) == 0) {
            line("status()");
        }
    }
}
