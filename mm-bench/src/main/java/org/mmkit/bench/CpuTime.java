package org.mmkit.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.Callable;

/**
 * The memory benchmarks by processor time of the thread, best of a number of rounds: figures that mean something on a machine that others
 * use too, where JMH's wall time does not.
 */
public final class CpuTime {

    private static final int ROUNDS = 15;
    private static final int PAGES = 1 << 20;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static long consumed;

    private CpuTime() {}

    /** Prints one line per benchmark. */
    public static void main(String[] args) throws Exception {
        boot();
        PageTableBenchmark tables = new PageTableBenchmark();
        tables.map();
        print("map + unmap sequential", 2.0 * PAGES, () -> {
            tables.mapAndUnmapSequential();
            return 0;
        });
        print("map + unmap random", 2.0 * PAGES, () -> {
            tables.mapAndUnmapRandom();
            return 0;
        });
        print("translate sequential", PAGES, tables::translateSequential);
        print("translate random", PAGES, tables::translateRandom);
        print("protect range", 2.0 * PAGES, () -> {
            tables.protectRange();
            return 0;
        });
        print("make + free a table", PAGES / 512.0, tables::makeAndFreeTables);
        allocator("buddy");
        allocator("llfree");
        System.out.println("(" + consumed % 2 + ")");
    }

    private static void allocator(String kind) throws Exception {
        for (int order : new int[] {0, 9}) {
            AllocatorBenchmark allocator = new AllocatorBenchmark();
            allocator.kind = kind;
            allocator.order = order;
            allocator.boot();
            print(kind + ": allocate + free, order " + order, PAGES, () -> {
                long sum = 0;
                for (int i = 0; i < PAGES; i++) {
                    sum += allocator.allocateAndFree();
                }
                return sum;
            });
            print(kind + ": fill + drain, order " + order, 1 << 16, () -> {
                allocator.fillAndDrain();
                return 0;
            });
        }
    }

    /** The first boot in a JVM that has compiled nothing, then the best of many. */
    private static void boot() throws Exception {
        MemoryBootBenchmark benchmark = new MemoryBootBenchmark();
        benchmark.gib = 16_384;
        long start = THREADS.getCurrentThreadCpuTime();
        consumed += benchmark.boot().spanned();
        System.out.printf("%-36s %8.2f ms%n", "boot 16 TiB, cold", (THREADS.getCurrentThreadCpuTime() - start) / 1e6);
        print("boot 16 TiB, warm", 1, () -> benchmark.boot().spanned());
    }

    private static void print(String name, double operations, Callable<? extends Number> benchmark) throws Exception {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long start = THREADS.getCurrentThreadCpuTime();
            consumed += benchmark.call().longValue();
            best = Math.min(best, THREADS.getCurrentThreadCpuTime() - start);
        }
        double each = best / operations;
        System.out.printf(each > 1e5 ? "%-36s %8.2f ms%n" : "%-36s %8.2f ns%n", name, each > 1e5 ? each / 1e6 : each);
    }
}
