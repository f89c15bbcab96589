package org.mmkit.scenario.generate;

import java.util.SplittableRandom;

/** Random calls on a file of a small tmpfs and on a memfd, mapped here and there. */
final class FileScenario extends ScenarioText {

    private static final String THP = " > /sys/kernel/mm/transparent_hugepage/";

    FileScenario(SplittableRandom random) {
        super(random);
    }

    String write(long seed, int operations) {
        line("# random FILES scenario, seed " + seed);
        line("echo madvise" + THP + "enabled");
        line("echo " + pick("always", "within_size", "advise", "never") + THP + "shmem_enabled");
        if (random.nextInt(3) == 0) {
            line("echo " + pick("always", "within_size", "advise", "inherit") + THP + "hugepages-"
                    + pick("16", "64", "256", "1024") + "kB/shmem_enabled");
        }
        line("mount -t tmpfs -o huge=" + pick("always", "within_size", "advise", "never") + ",size="
                + pick("5M", "8M", "64M") + " tmpfs /mnt/t");
        line("f = open(\"/mnt/t/f\", O_RDWR|O_CREAT)");
        line("g = memfd_create(\"g\", 0)");
        line("ftruncate(f, " + size() + ")");
        line("ftruncate(g, " + size() + ")");
        line("a = mmap(" + BASE + ", 8M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, f, 0)");
        line("mmap(a+8M, 8M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED, g, 0)");
        body(operations, this::operation, this::observe);
        return text();
    }

    private String file() {
        return pick("f", "f", "g");
    }

    /** A length in the file, on a border more often than not. */
    private String size() {
        return switch (random.nextInt(4)) {
            case 0 -> 2 * (1 + random.nextInt(4)) + "M";
            case 1 -> 64 * (1 + random.nextInt(100)) + "K";
            case 2 -> 4 * (1 + random.nextInt(2000)) + "K";
            default -> Integer.toString(1 + random.nextInt(8 << 20));
        };
    }

    private String part() {
        long start = place();
        return "a+" + (random.nextInt(3) == 0 ? "8M+" : "") + start * 4 + "K, " + length(start) * 4 + "K";
    }

    private void operation() {
        long start = place();
        String range = start * 4 + "K, " + length(start) * 4 + "K";
        int roll = random.nextInt(100);
        if (roll < 30) {
            line(pick("load(", "store(", "store(") + part() + ", " + pick("4K", "64K", "2M") + ")");
        } else if (roll < 42) {
            line("fallocate(" + file() + ", " + pick("0", "FALLOC_FL_KEEP_SIZE", "FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE",
                    "FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE", "FALLOC_FL_PUNCH_HOLE", "FALLOC_FL_ZERO_RANGE") + ", " + range + ")");
        } else if (roll < 54) {
            line("ftruncate(" + file() + ", " + size() + ")");
        } else if (roll < 60) {
            line(pick("pwrite(", "pread(") + file() + ", " + range + ")");
        } else if (roll < 76) {
            line("madvise(" + part() + ", " + pick("MADV_HUGEPAGE", "MADV_HUGEPAGE", "MADV_NOHUGEPAGE", "MADV_COLLAPSE", "MADV_COLLAPSE",
                    "MADV_DONTNEED", "MADV_REMOVE", "MADV_POPULATE_READ", "MADV_POPULATE_WRITE") + ")");
        } else if (roll < 81) {
            line("mmap(" + part() + ", " + pick("PROT_READ|PROT_WRITE", "PROT_READ|PROT_WRITE", "PROT_READ") + ", "
                    + pick("MAP_SHARED", "MAP_SHARED", "MAP_PRIVATE") + "|MAP_FIXED, " + file() + ", "
                    + pick("0", "2M", "4M", "64K", "4K") + ")");
        } else if (roll < 84) {
            line("munmap(" + part() + ")");
        } else if (roll < 88) {
            line("mprotect(" + part() + ", " + pick("PROT_READ|PROT_WRITE", "PROT_READ") + ")");
        } else if (roll < 90) {
            line("mlock(" + part() + ")");
        } else if (roll < 93) {
            line("mount -o remount,huge=" + pick("always", "within_size", "advise", "never") + " /mnt/t");
        } else if (roll < 95) {
            line("echo " + pick("always", "within_size", "advise", "never", "deny", "force") + THP + "shmem_enabled");
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
        line("smaps(a, 16M)");
        line("pagemap(a, 16M)");
        line("fstat(" + file() + ")");
        if (random.nextInt(3) == 0) {
            line("statfs(\"/mnt/t\")");
        }
        if (random.nextInt(3) == 0) {
            line(pick("vmstat()", "mthp()"));
        }
    }
}
