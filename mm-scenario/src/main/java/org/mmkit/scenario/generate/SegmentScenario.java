package org.mmkit.scenario.generate;

import java.util.SplittableRandom;

/** Random calls on System V segments, sealed memfds and shared anonymous memory: several attachments, private maps, swap, sizes. */
final class SegmentScenario extends ScenarioText {

    private static final String THP = " > /sys/kernel/mm/transparent_hugepage/";

    SegmentScenario(SplittableRandom random) {
        super(random);
    }

    String write(long seed, int operations) {
        line("# random SEGMENTS scenario, seed " + seed);
        line("echo madvise" + THP + "enabled");
        line("echo " + pick("always", "within_size", "advise", "never") + THP + "shmem_enabled");
        for (int i = random.nextInt(3); i > 0; i--) {
            line("echo " + pick("always", "within_size", "advise") + THP + "hugepages-" + pick("16", "64", "256", "1024") + "kB/shmem_enabled");
        }
        if (random.nextInt(2) == 0) {
            line("swapon(64M)");
        }
        line("s = shmget(IPC_PRIVATE, " + pick("8M", "8M", "6M+12K", "5000K") + ", IPC_CREAT|384)");
        line("m = memfd_create(\"m\", MFD_ALLOW_SEALING)");
        line("ftruncate(m, " + pick("8M", "6M", "4M+20K") + ")");
        line("a = shmat(s, " + BASE + ", 0)");
        line("mmap(a+8M, 8M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED, m, 0)");
        line("mmap(a+16M, 4M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS|MAP_FIXED, -1, 0)");
        body(operations, this::operation, this::observe);
        return text();
    }

    private String part() {
        long start = place();
        return "a+" + pick("", "8M+", "16M+") + start * 4 + "K, " + length(start) * 4 + "K";
    }

    private void operation() {
        int roll = random.nextInt(100);
        if (roll < 30) {
            line(pick("load(", "store(", "store(") + part() + ", " + pick("4K", "64K", "1M") + ")");
        } else if (roll < 50) {
            line("madvise(" + part() + ", " + pick("MADV_HUGEPAGE", "MADV_NOHUGEPAGE", "MADV_COLLAPSE", "MADV_DONTNEED", "MADV_REMOVE",
                    "MADV_PAGEOUT", "MADV_PAGEOUT", "MADV_POPULATE_WRITE", "MADV_COLD", "MADV_GUARD_INSTALL", "MADV_GUARD_REMOVE", "MADV_FREE") + ")");
        } else if (roll < 56) {
            line("mprotect(" + part() + ", " + pick("PROT_READ|PROT_WRITE", "PROT_READ", "PROT_NONE") + ")");
        } else if (roll < 60) {
            line(pick("mlock(", "munlock(") + part() + ")");
        } else if (roll < 66) {
            line("munmap(" + part() + ")");
        } else if (roll < 70) {
            line("shmat(s, a+32M, " + pick("0", "SHM_RDONLY", "SHM_REMAP") + ")");
        } else if (roll < 73) {
            line("shmdt(" + pick("a+32M", "a+32M", "a", "a+2M") + ")");
        } else if (roll < 76) {
            line("shmctl(s, " + pick("SHM_LOCK", "SHM_UNLOCK", "IPC_RMID") + ", 0)");
        } else if (roll < 82) {
            long start = place();
            long length = length(start) * 4;
            line("mremap(a+" + pick("", "8M+", "16M+") + start * 4 + "K, " + length + "K, " + length
                    + "K, MREMAP_MAYMOVE|MREMAP_FIXED, a+48M+" + place() * 4 + "K)");
        } else if (roll < 86) {
            line("mmap(" + part() + ", PROT_READ|PROT_WRITE, " + pick("MAP_SHARED", "MAP_PRIVATE") + "|MAP_FIXED, m, " + pick("0", "2M", "16K") + ")");
        } else if (roll < 90) {
            line(pick("ftruncate(m, " + 4 * random.nextInt(2048) + "K)",
                    "fallocate(m, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE, " + 4 * place() + "K, 64K)"));
        } else if (roll < 92) {
            line("fcntl(m, F_ADD_SEALS, " + pick("F_SEAL_SHRINK", "F_SEAL_GROW", "F_SEAL_WRITE", "F_SEAL_FUTURE_WRITE") + ")");
        } else if (depth < 2) {
            block("child", () -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    operation();
                    observe();
                }
            });
        }
    }

    private void observe() {
        line("smaps(a, 64M)");
        line("pagemap(a, 20M)");
        if (random.nextInt(2) == 0) {
            line("pagemap(a+32M, 32M)");
        }
        line("fstat(m)");
        if (random.nextInt(3) == 0) {
            line(pick("vmstat()", "mthp()"));
        }
    }
}
