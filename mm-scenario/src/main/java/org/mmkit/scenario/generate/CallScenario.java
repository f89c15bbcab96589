package org.mmkit.scenario.generate;

import java.util.SplittableRandom;

/** Random calls with rare flags on anonymous memory under MADV_HUGEPAGE, or on the ways a huge page is kept whole and split. */
final class CallScenario extends ScenarioText {

    private static final String THP = " > /sys/kernel/mm/transparent_hugepage/";
    private static final int MOST_PINS = 3;

    private final boolean splits;
    private int pins;

    /** {@code splits}: about splitting rather than about calls. */
    CallScenario(SplittableRandom random, boolean splits) {
        super(random);
        this.splits = splits;
    }

    String write(long seed, int operations) {
        line("# random " + (splits ? "SPLIT" : "CALLS") + " scenario, seed " + seed);
        line("echo madvise" + THP + "enabled");
        line("echo " + random.nextInt(2) + THP + "use_zero_page");
        if (random.nextInt(3) == 0) {
            line("echo " + pick("madvise", "inherit") + THP + "hugepages-" + pick("16", "64", "256") + "kB/enabled");
        }
        if (splits) {
            line("echo " + pick("511", "511", "100", "400") + THP + "khugepaged/max_ptes_none");
        }
        line("a = mmap(" + BASE + ", 8M, PROT_READ|PROT_WRITE, " + ANON + "_NOREPLACE, -1, 0)");
        line("madvise(a, 8M, MADV_HUGEPAGE)");
        if (splits) {
            line("store(a, 8M, 4K, 3)");
        }
        for (int i = 0; i < operations; i++) {
            if (splits) {
                splitting();
            } else {
                call();
            }
            if (random.nextInt(2) == 0) {
                observe();
            }
        }
        observe();
        line("vmstat()");
        line("mthp()");
        line("status()");
        return text();
    }

    private void splitting() {
        int roll = random.nextInt(100);
        if (roll < 18) {
            line("madvise(" + range(true) + ", " + pick("MADV_DONTNEED", "MADV_DONTNEED", "MADV_COLD", "MADV_COLLAPSE") + ")");
        } else if (roll < 28) {
            line("munmap(" + range(false) + ")");
        } else if (roll < 36) {
            line("mprotect(" + range(false) + ", " + pick("PROT_READ|PROT_WRITE", "PROT_READ", "PROT_NONE") + ")");
        } else if (roll < 48 && pins == 0) {
            // A pinned folio is tried, and counted as failed, once for each round: how many follow depends on what else the kernel drops.
            line("echo 2 > /proc/sys/vm/drop_caches");
        } else if (roll < 58) {
            pin();
        } else if (roll < 68) {
            touch();
        } else if (roll < 74) {
            line(pick("mlock(", "munlock(") + range(false) + ")");
        } else if (roll < 82) {
            move();
        } else {
            child();
        }
    }

    private void call() {
        int roll = random.nextInt(100);
        if (roll < 22) {
            touch();
        } else if (roll < 28) {
            line("prctl(PR_SET_THP_DISABLE, " + random.nextInt(2) + ", " + pick("0", "0", "2", "1") + ", 0, 0)");
            line("prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0)");
        } else if (roll < 45) {
            move();
        } else if (roll < 51) {
            line("mlock2(" + range(false) + ", " + pick("MLOCK_ONFAULT", "0", "2") + ")");
        } else if (roll < 54) {
            line("munlock(" + range(false) + ")");
        } else if (roll < 57) {
            line("msync(" + range(false) + ", " + pick("MS_SYNC", "MS_ASYNC", "MS_INVALIDATE", "MS_SYNC|MS_ASYNC") + ")");
        } else if (roll < 65) {
            line("mmap(" + range(false) + ", PROT_READ|PROT_WRITE, " + ANON
                    + pick("|MAP_POPULATE", "|MAP_LOCKED", "|MAP_STACK", "|MAP_NORESERVE", "|MAP_POPULATE|MAP_NONBLOCK") + ", -1, 0)");
        } else if (roll < 84) {
            line("madvise(" + range(true) + ", " + pick("MADV_COLD", "MADV_DONTNEED_LOCKED", "MADV_DONTFORK", "MADV_DOFORK",
                    "MADV_WIPEONFORK", "MADV_KEEPONFORK", "MADV_HUGEPAGE", "MADV_NOHUGEPAGE", "MADV_COLLAPSE", "MADV_DONTNEED",
                    "MADV_GUARD_INSTALL", "MADV_GUARD_REMOVE", "MADV_POPULATE_READ", "MADV_POPULATE_WRITE", "MADV_WILLNEED", "MADV_REMOVE") + ")");
        } else if (roll < 87) {
            pin();
        } else if (roll < 90) {
            // Of small pages it takes effect when a list of the processor is full, which nobody can foresee.
            line("madvise(" + address(512L * random.nextInt(HUGE_PAGES)) + ", 2M, MADV_FREE)");
        } else {
            child();
        }
    }

    private void pin() {
        if (depth > 0) {
            return;
        }
        if (pins < MOST_PINS && random.nextInt(2) == 0) {
            pins++;
            line("pin(p" + pins + ", " + address(place()) + ", " + 4 * (1 + random.nextInt(3)) + "K)");
        } else if (pins > 0) {
            line("unpin(p" + pins + ")");
            pins--;
        }
    }

    private void touch() {
        long start = place();
        String range = address(start) + ", " + length(start) * 4 + "K, " + pick("4K", "4K", "64K", "2M");
        line(random.nextInt(3) == 0 ? "load(" + range + ")" : "store(" + range + ", " + (1 + random.nextInt(200)) + ")");
    }

    private void move() {
        long start = place();
        long length = length(start);
        String from = address(start) + ", " + length * 4 + "K, ";
        switch (random.nextInt(splits ? 2 : 6)) {
            case 0 -> line("mremap(" + from + length * 4 + "K, MREMAP_MAYMOVE|MREMAP_FIXED, a+16M+" + start * 4 + "K)");
            case 1 -> line("mremap(" + from + length * 4 + "K, MREMAP_MAYMOVE|MREMAP_FIXED, a+16M+" + place() * 4 + "K)");
            case 2 -> line("mremap(" + from + length(start) * 4 + "K, 0, 0)");
            case 3 -> line("mremap(" + from + length(start) * 4 + "K, MREMAP_MAYMOVE|MREMAP_FIXED, a+16M+" + place() * 4 + "K)");
            case 4 -> line("mremap(a+16M+" + start * 4 + "K, " + length * 4 + "K, " + length * 4 + "K, MREMAP_MAYMOVE|MREMAP_FIXED, "
                    + address(start) + ")");
            default -> line("mremap(" + from + length * 4 + "K, MREMAP_MAYMOVE|MREMAP_FIXED|MREMAP_DONTUNMAP, a+16M+" + start * 4 + "K)");
        }
    }

    private void child() {
        if (depth > 2) {
            return;
        }
        block("child", () -> {
            for (int i = random.nextInt(5); i >= 0; i--) {
                if (random.nextInt(5) == 0) {
                    block("parent", this::touch);
                } else if (splits) {
                    splitting();
                } else {
                    call();
                }
                observe();
            }
        });
    }

    private void observe() {
        line("smaps(a, 32M)");
        line("pagemap(a, 8M)");
        if (random.nextInt(2) == 0) {
            line("pagemap(a+16M, 16M)");
        }
        if (random.nextInt(2) == 0) {
            line(pick("vmstat()", "mthp()"));
        }
        if (depth == 0 && random.nextInt(3) == 0) {
            line("status()");
        }
    }
}
