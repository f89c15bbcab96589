package org.mmkit.bench;

import java.util.concurrent.TimeUnit;
import org.mmkit.core.Machine;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Pools of huge pages on a machine of 1 TiB, with the memory of their descriptors given back. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class HugetlbBenchmark {

    private static final String POOL = "/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages";

    /** A booted machine with an empty pool. */
    @State(Scope.Thread)
    public static class Host {

        /** The kernel. */
        @Param({"5.14", "6.18"})
        public String kernel;

        private Machine machine;

        /** Boots it. */
        @Setup(Level.Invocation)
        public void boot() {
            machine = Machine.builder().arch("x86_64").kernel(kernel).memory(1L << 40).contents(false)
                    .set("MEMORY_HOTPLUG", "y").set("MEMORY_HOTREMOVE", "y").cmdline("hugetlb_free_vmemmap=on").build();
        }

        /** Says when not all pages were had. */
        @TearDown(Level.Invocation)
        public void check() {
            if (!machine.read(POOL).equals("500\n")) {
                throw new IllegalStateException("the pool has " + machine.read(POOL).strip() + " pages");
            }
        }
    }

    /** 500 pages of 1 GiB are allocated and optimized: 4,000 leaves split, two million entries remapped, two million frames freed. */
    @Benchmark
    public long optimize500GigabytePages(Host host) {
        return host.machine.write(POOL, "500\n");
    }
}
