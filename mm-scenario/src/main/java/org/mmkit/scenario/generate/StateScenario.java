package org.mmkit.scenario.generate;

import java.util.List;
import java.util.SplittableRandom;

/**
 * One state of a range (base pages, huge, small folios, zero pages, swapped, shared, locked, guarded, pinned, partly mapped, …), then a few
 * calls on parts of it, then every page stored to and everything given back: what becomes of each state under each call.
 */
final class StateScenario extends ScenarioText {

    private static final String THP = " > /sys/kernel/mm/transparent_hugepage/";
    private static final String READ_WRITE = "PROT_READ|PROT_WRITE";

    /** What the range is: how its area is made, and what happens to it before the calls. */
    private enum State {
        EMPTY, BASE, EVERY_OTHER, ZEROES, HUGE, HUGE_ZERO, HUGE_BY_ENTRIES, PARTLY_MAPPED, REFILLED, SMALL, SMALL_HOLES, MIXED,
        SWAPPED_BASE, SWAPPED_HUGE, SWAPPED_HALF, SWAPPED_SMALL, SHARED_CHILD, SHARED_BASE, SHARED_ONCE, LOCKED, LOCKED_ON_FAULT,
        LOCKED_BASE, GUARDED, GUARDED_HUGE, PINNED_HUGE, PINNED_BASE, PINNED_SMALL, NO_ACCESS, READ_ONLY, LAZY, WIPED, NOT_FORKED, MOVED,
        MOVED_HUGE, HEAP, ANON_SHARED, ANON_SHARED_BASE, FILE_SHARED, FILE_PRIVATE, FILE_PRIVATE_BASE, FILE_READ_ONLY, FILE_SMALL,
        FILE_SHORT, SEGMENT, GROWS_DOWN, NO_RESERVE
    }

    private final State state;
    private boolean swap;
    private boolean pinned;
    private boolean file;

    StateScenario(SplittableRandom random) {
        super(random);
        state = State.values()[random.nextInt(State.values().length)];
    }

    String write(long seed, int operations) {
        line("# random STATES scenario, seed " + seed + ": " + state);
        line("echo madvise" + THP + "enabled");
        if (random.nextInt(4) == 0) {
            line("echo 0" + THP + "use_zero_page");
        }
        if (random.nextInt(3) == 0) {
            line("echo " + pick("0", "255", "511") + THP + "khugepaged/max_ptes_none");
        }
        state();
        observe();
        for (int i = 1 + random.nextInt(operations); i > 0; i--) {
            call();
            observe();
        }
        if (random.nextInt(2) == 0) {
            line("load(a, 6M)");
        }
        line("store(a, 6M, 4K, 9)");
        observe();
        line("vmstat()");
        line("mthp()");
        line("status()");
        if (random.nextInt(2) == 0) {
            line("munmap(a, 6M)");
            line("vmstat()");
            line("mthp()");
        }
        return text();
    }

    private void map(String flags) {
        line("a = mmap(" + BASE + ", 6M, " + READ_WRITE + ", " + flags + "|MAP_FIXED_NOREPLACE, -1, 0)");
    }

    private void huge() {
        map("MAP_PRIVATE|MAP_ANONYMOUS");
        line("madvise(a, 6M, MADV_HUGEPAGE)");
    }

    private void small() {
        line("echo never" + THP + "hugepages-2048kB/enabled");
        line("echo madvise" + THP + "hugepages-" + pick("16", "32", "64", "64", "256", "1024") + "kB/enabled");
        huge();
        line("store(a, 6M, 4K, 3)");
    }

    private void base() {
        map("MAP_PRIVATE|MAP_ANONYMOUS");
        line("store(a, 6M, 4K, 3)");
        advised();
    }

    private void advised() {
        if (random.nextInt(2) == 0) {
            line("madvise(a, 6M, MADV_HUGEPAGE)");
        }
    }

    private void swapOn() {
        line("swapon(64M)");
        swap = true;
    }

    private void child(String... lines) {
        line("child {");
        for (String inside : lines) {
            line("  " + inside);
        }
        line("}");
    }

    private void state() {
        switch (state) {
            case EMPTY -> huge();
            case BASE -> base();
            case EVERY_OTHER -> {
                map("MAP_PRIVATE|MAP_ANONYMOUS");
                line("store(a, 6M, " + pick("8K", "64K", "1M+4K") + ", 3)");
                advised();
            }
            case ZEROES -> {
                map("MAP_PRIVATE|MAP_ANONYMOUS");
                line("load(a, 6M)");
                line("store(a+1M, 3M, " + pick("4K", "64K", "512K") + ", 3)");
                advised();
            }
            case HUGE_ZERO -> {
                huge();
                line("load(a, 6M)");
            }
            case SMALL, SMALL_HOLES, MIXED -> smallStates();
            case SWAPPED_BASE, SWAPPED_HUGE, SWAPPED_HALF, SWAPPED_SMALL -> swapped();
            case SHARED_CHILD, SHARED_ONCE, SHARED_BASE -> shared();
            case ANON_SHARED, ANON_SHARED_BASE, FILE_SHARED, FILE_PRIVATE, FILE_PRIVATE_BASE, FILE_READ_ONLY, FILE_SMALL, FILE_SHORT, SEGMENT ->
                    files();
            case LOCKED_BASE, PINNED_BASE, GUARDED, NOT_FORKED, MOVED -> {
                base();
                afterwards();
            }
            case PINNED_SMALL -> {
                small();
                afterwards();
            }
            case HEAP -> {
                line("a = brk_area(6M)");
                advised();
                line("store(a, 6M, 4K, 3)");
            }
            case GROWS_DOWN -> {
                map("MAP_PRIVATE|MAP_ANONYMOUS|MAP_GROWSDOWN");
                advised();
                line("store(a-4K, 4M, " + pick("4K", "64K") + ", 3)");
            }
            case NO_RESERVE -> {
                map("MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE");
                advised();
                line("store(a, 6M, 64K, 3)");
            }
            case LOCKED_ON_FAULT -> {
                huge();
                line("mlock2(a, 6M, MLOCK_ONFAULT)");
                line("store(a, 3M, 64K, 3)");
            }
            default -> {
                huge();
                line("store(a, 6M, 4K, 3)");
                afterwards();
            }
        }
    }

    private void smallStates() {
        small();
        if (state == State.SMALL_HOLES) {
            line("madvise(a+" + 4 * random.nextInt(40) + "K, " + 4 * (1 + random.nextInt(300)) + "K, MADV_DONTNEED)");
            line("madvise(a+3M+" + 4 * random.nextInt(40) + "K, " + 4 * (1 + random.nextInt(30)) + "K, MADV_DONTNEED)");
        } else if (state == State.MIXED) {
            line("madvise(a+" + pick("512K", "1M+64K") + ", " + pick("256K", "1M", "2M") + ", MADV_DONTNEED)");
            line("echo madvise" + THP + "hugepages-" + pick("16", "32", "128", "512") + "kB/enabled");
            line("store(a+" + pick("512K", "1M+64K") + ", 512K, 64K, 4)");
            line("madvise(a+4M, 2M, " + pick("MADV_COLLAPSE", "MADV_DONTNEED") + ")");
            line("store(a+4M, 1M, 256K, 5)");
        }
    }

    private void swapped() {
        swapOn();
        switch (state) {
            case SWAPPED_BASE -> base();
            case SWAPPED_SMALL -> small();
            default -> {
                huge();
                line("store(a, 6M, 4K, 3)");
            }
        }
        line("madvise(" + (state == State.SWAPPED_HALF ? "a+1M, 2M+512K" : "a, 6M") + ", MADV_PAGEOUT)");
        if (random.nextInt(3) == 0) {
            line("load(a+1M, 3M, 256K)");
        }
    }

    private void shared() {
        if (state == State.SHARED_BASE) {
            base();
        } else {
            huge();
            line("store(a, 6M, 4K, 3)");
        }
        child("store(a+" + pick("0", "1M", "2M+4K") + ", " + pick("4K", "64K", "3M") + ", 4K, 4)", "smaps(a, 6M)", "pagemap(a, 6M)");
    }

    private void files() {
        line("echo " + pick("always", "advise", "within_size") + THP + "shmem_enabled");
        if (state == State.FILE_SMALL) {
            line("echo never" + THP + "shmem_enabled");
            line("echo " + pick("always", "advise", "within_size") + THP + "hugepages-" + pick("16", "64", "256") + "kB/shmem_enabled");
        }
        if (state == State.SEGMENT) {
            line("s = shmget(IPC_PRIVATE, 6M, IPC_CREAT|384)");
            line("a = shmat(s, " + BASE + ", 0)");
        } else if (state == State.ANON_SHARED || state == State.ANON_SHARED_BASE) {
            map("MAP_SHARED|MAP_ANONYMOUS");
        } else {
            line("f = memfd_create(\"m\", 0)");
            line("ftruncate(f, " + (state == State.FILE_SHORT ? pick("4M+20K", "5000000", "3M") : "6M") + ")");
            file = true;
            boolean own = state == State.FILE_PRIVATE || state == State.FILE_PRIVATE_BASE;
            if (own && random.nextInt(2) == 0) {
                line("pwrite(f, 0, " + pick("6M", "3M", "4100") + ")");
            }
            line("a = mmap(" + BASE + ", 6M, " + (state == State.FILE_READ_ONLY ? "PROT_READ" : READ_WRITE) + ", "
                    + (own ? "MAP_PRIVATE" : "MAP_SHARED") + "|MAP_FIXED_NOREPLACE, f, 0)");
        }
        if (state != State.ANON_SHARED_BASE && state != State.FILE_PRIVATE_BASE) {
            line("madvise(a, 6M, MADV_HUGEPAGE)");
        } else {
            line("madvise(a, 6M, MADV_NOHUGEPAGE)");
        }
        if (state == State.FILE_PRIVATE) {
            line("load(a, 6M)");
            line("store(a+1M, 2M, " + pick("4K", "64K") + ", 3)");
        } else {
            line((state == State.FILE_READ_ONLY ? "load" : "store") + "(a, " + pick("6M", "6M", "3M+8K") + ")");
        }
        if (random.nextInt(3) == 0) {
            swapOn();
        }
    }

    /** What happens to memory that is there. */
    private void afterwards() {
        switch (state) {
            case HUGE_BY_ENTRIES -> {
                line("mprotect(a+1M, 2M, PROT_READ)");
                line("mprotect(a+1M, 2M, " + READ_WRITE + ")");
            }
            case PARTLY_MAPPED -> line("madvise(a+" + 4 * random.nextInt(500) + "K, " + 4 * (1 + random.nextInt(511)) + "K, MADV_DONTNEED)");
            case REFILLED -> {
                line("munmap(a+1M, 2M+64K)");
                line("mmap(a+1M, 2M+64K, " + READ_WRITE + ", " + ANON + ", -1, 0)");
                line("store(a+1M, 1M, 64K, 5)");
                advised();
            }
            case LOCKED, LOCKED_BASE -> line("mlock(a" + pick(", 6M)", "+1M, 3M)", "+4K, 64K)"));
            case GUARDED, GUARDED_HUGE -> line("madvise(a+" + pick("1M, 2M", "2M, 2M", "64K, 12K", "0, 6M") + ", MADV_GUARD_INSTALL)");
            case PINNED_HUGE, PINNED_BASE, PINNED_SMALL -> {
                line("pin(p, a+" + pick("0", "2M", "2M+64K", "1M+4K") + ", " + pick("4K", "16K", "64K", "2M") + ")");
                pinned = true;
            }
            case NO_ACCESS -> line("mprotect(a" + pick(", 6M", "+1M, 3M", "+2M, 2M") + ", PROT_NONE)");
            case READ_ONLY -> line("mprotect(a" + pick(", 6M", "+1M, 3M", "+2M, 2M") + ", PROT_READ)");
            case LAZY -> line("madvise(a" + pick(", 6M", "+2M, 2M") + ", MADV_FREE)");
            case WIPED -> line("madvise(a" + pick(", 6M", "+1M, 3M") + ", MADV_WIPEONFORK)");
            case NOT_FORKED -> line("madvise(a" + pick(", 6M", "+1M, 3M") + ", MADV_DONTFORK)");
            case MOVED, MOVED_HUGE -> {
                line("mremap(a, 6M, 6M, MREMAP_MAYMOVE|MREMAP_FIXED, a+16M+" + pick("0", "4K", "64K", "1M") + ")");
                if (random.nextInt(2) == 0) {
                    line("mremap(a+16M, 6M, 6M, MREMAP_MAYMOVE|MREMAP_FIXED, a)");
                }
            }
            default -> { }
        }
    }

    /** A part of the range: all, a huge page, across borders, one page, a length that is no whole page. */
    private String part() {
        return switch (random.nextInt(9)) {
            case 0 -> "a, 6M";
            case 1 -> "a+2M, 2M";
            case 2 -> "a+1M, 2M";
            case 3 -> "a+2M+" + 4 * random.nextInt(512) + "K, 4K";
            case 4 -> "a+64K, " + pick("64K", "128K", "1M");
            case 5 -> "a+1M+4K, " + pick("8K", "100K", "1M-4K", "3M");
            case 6 -> "a+" + pick("0", "4M", "2M+16K") + ", " + pick("5000", "1", "65537", "2097153");
            case 7 -> "a+4M, " + pick("2M", "4M", "8M");
            default -> "a+" + 4 * random.nextInt(1000) + "K, " + 4 * (1 + random.nextInt(500)) + "K";
        };
    }

    private void call() {
        int roll = random.nextInt(100);
        if (roll < 42) {
            line("madvise(" + part() + ", " + advice() + ")");
        } else if (roll < 48) {
            line("mprotect(" + part() + ", " + pick("PROT_NONE", "PROT_READ", READ_WRITE, READ_WRITE + "|PROT_EXEC", "PROT_WRITE") + ")");
        } else if (roll < 52) {
            line("munmap(" + part() + ")");
        } else if (roll < 60) {
            move();
        } else if (roll < 64) {
            line("mlock(" + part() + ")");
        } else if (roll < 66) {
            line("mlock2(" + part() + ", MLOCK_ONFAULT)");
        } else if (roll < 68) {
            line("munlock(" + part() + ")");
        } else if (roll < 70) {
            line("msync(" + part() + ", " + pick("MS_SYNC", "MS_ASYNC", "MS_INVALIDATE", "MS_SYNC|MS_INVALIDATE") + ")");
        } else if (roll < 73) {
            line("mmap(" + part() + ", " + READ_WRITE + ", " + ANON + pick("", "|MAP_POPULATE", "|MAP_LOCKED", "|MAP_NORESERVE") + ", -1, 0)");
        } else if (roll < 78) {
            line(pick("load(", "store(") + part() + ", " + pick("4K", "64K") + ")");
        } else if (roll < 85) {
            child();
        } else if (roll < 88) {
            line("khugepaged(1)");
        } else if (roll < 91) {
            machine();
        } else if (roll < 94 && depth == 0) {
            if (pinned) {
                line("unpin(p)");
            } else {
                line("pin(p, " + part() + ")");
            }
            pinned = !pinned;
        } else if (file) {
            line(pick("ftruncate(f, " + pick("2M", "3M+4K", "1000", "8M", "0") + ")",
                    "fallocate(f, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE, " + pick("0, 2M", "1M, 2M", "2M+64K, 8K", "100, 5000") + ")",
                    "fallocate(f, " + pick("0", "FALLOC_FL_KEEP_SIZE") + ", " + pick("0, 6M", "5M, 2M", "1M+4K, 64K") + ")",
                    "pwrite(f, " + pick("0, 6M", "1M+3, 5000", "6M, 4K") + ")",
                    "pread(f, " + pick("0, 6M", "1M+3, 5000") + ")"));
        } else if (state == State.SEGMENT) {
            line(pick("shmctl(s, SHM_LOCK, 0)", "shmctl(s, IPC_RMID, 0)", "shmdt(a)", "shmat(s, a+32M, 0)", "shmat(s, a, SHM_REMAP)"));
        } else {
            line("prctl(PR_SET_THP_DISABLE, " + pick("1, 0", "1, 2", "0, 0") + ", 0, 0)");
        }
    }

    private String advice() {
        List<String> all = List.of("MADV_DONTNEED", "MADV_COLD", "MADV_PAGEOUT", "MADV_COLLAPSE", "MADV_POPULATE_READ", "MADV_POPULATE_WRITE",
                "MADV_DONTNEED_LOCKED", "MADV_GUARD_INSTALL", "MADV_GUARD_REMOVE", "MADV_WILLNEED", "MADV_REMOVE", "MADV_HUGEPAGE",
                "MADV_NOHUGEPAGE", "MADV_DONTFORK", "MADV_WIPEONFORK", "MADV_KEEPONFORK", "MADV_DOFORK", "MADV_SEQUENTIAL", "MADV_NORMAL",
                "MADV_DONTDUMP", "MADV_DODUMP", "MADV_DONTNEED", "MADV_PAGEOUT", "MADV_COLLAPSE");
        return all.get(random.nextInt(all.size()));
    }

    private void move() {
        String[] part = part().split(", ");
        String from = part[0] + ", " + part[1] + ", ";
        line("mremap(" + switch (random.nextInt(7)) {
            case 0 -> from + part[1] + ", MREMAP_MAYMOVE|MREMAP_FIXED, a+32M";
            case 1 -> from + part[1] + ", MREMAP_MAYMOVE|MREMAP_FIXED, a+32M+" + pick("4K", "64K", "1M");
            case 2 -> from + part[1] + ", MREMAP_MAYMOVE|MREMAP_FIXED|MREMAP_DONTUNMAP, a+32M";
            case 3 -> from + "4K, 0, 0";
            case 4 -> from + part[1] + "+2M, " + pick("0", "MREMAP_MAYMOVE") + ", 0";
            case 5 -> from + part[1] + "+1M, MREMAP_MAYMOVE|MREMAP_FIXED, a+32M";
            default -> part[0] + ", 0, " + part[1] + ", MREMAP_MAYMOVE|MREMAP_FIXED, a+32M";
        } + ")");
    }

    private void child() {
        if (depth > 1) {
            return;
        }
        block("child", () -> {
            for (int i = random.nextInt(3); i >= 0; i--) {
                if (random.nextInt(4) == 0) {
                    block("parent", () -> {
                        call();
                        observe();
                    });
                } else {
                    call();
                }
                observe();
            }
        });
    }

    private void machine() {
        if (swap && random.nextInt(2) == 0) {
            line("swapoff()");
            swap = false;
        } else if (!pinned) {
            line("echo 2 > /proc/sys/vm/drop_caches");
        } else {
            line("echo madvise" + THP + "hugepages-64kB/enabled");
        }
    }

    private void observe() {
        line("smaps(a-1M, 64M)");
        line("pagemap(a, 6M)");
        if (random.nextInt(3) == 0) {
            line("pagemap(a+16M, 24M)");
        }
        if (file && random.nextInt(2) == 0) {
            line("fstat(f)");
        }
        if (random.nextInt(3) == 0) {
            line(pick("vmstat()", "mthp()"));
        }
    }
}
