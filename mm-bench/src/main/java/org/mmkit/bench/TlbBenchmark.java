package org.mmkit.bench;

import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.Fault;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;
import org.mmkit.replay.tlb.Mmu;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Translations through TLBs, paging-structure caches and page walks, in accesses per second. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Thread)
public class TlbBenchmark {

    private static final int ACCESSES = 1 << 20;
    private static final long PAGE = 4096;
    private static final long BYTES = 8L << 30;
    private static final long BASE = 0x100000000000L;

    /**
     * {@code zipf}: pages of 8 GiB by a zipf law of exponent 0.99; {@code near}: 256 bytes further each time; {@code words}: 8 bytes further;
     * {@code few}: 48 pages at random; {@code runs}: as {@code zipf} on arm64, with folios of 64 kB that its TLBs hold as runs.
     */
    @Param({"zipf", "near", "words", "few", "runs"})
    public String trace;

    private final long[] accesses = new long[ACCESSES];
    private Mmu mmu;

    /** Maps 8 GiB of base pages and draws the addresses. */
    @Setup(Level.Trial)
    public void map() {
        boolean runs = trace.equals("runs");
        Machine machine = Machine.builder().arch(runs ? "arm64" : "x86_64").memory("12G").contents(false).build();
        if (runs) {
            machine.write("/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled", "always");
        }
        Process process = machine.newProcess();
        process.mmap(BASE, BYTES, 3, MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED, null, 0);
        process.madvise(BASE, BYTES, runs ? Advice.MADV_NORMAL : Advice.MADV_NOHUGEPAGE);
        for (long va = BASE; va < BASE + BYTES; va += PAGE) {
            process.touch(va, Fault.WRITE | Fault.USER);
        }
        int pages = (int) (BYTES / PAGE);
        double[] sums = new double[pages];
        double sum = 0;
        for (int i = 0; i < pages; i++) {
            sum += Math.pow(i + 1, -0.99);
            sums[i] = sum;
        }
        Random random = new Random(1);
        for (int i = 0; i < ACCESSES; i++) {
            int rank = java.util.Arrays.binarySearch(sums, random.nextDouble() * sum);
            // A multiplication by an odd number scatters the ranks over the pages.
            long page = Integer.toUnsignedLong((rank < 0 ? -rank - 1 : rank) * 0x9E3779B1) & pages - 1;
            long va = switch (trace) {
                case "zipf", "runs" -> BASE + page * PAGE;
                case "near" -> BASE + i * 256L;
                case "words" -> BASE + i * 8L;
                default -> BASE + random.nextInt(48) * PAGE;
            };
            accesses[i] = Mmu.access(va, false);
        }
        mmu = new Mmu(machine.architecture().mmu(), process.space().tables(), Optional.empty());
    }

    /** All of them in one call. */
    @Benchmark
    @OperationsPerInvocation(ACCESSES)
    public int block() {
        return mmu.translate(accesses, 0, ACCESSES);
    }

    /** A call for each. */
    @Benchmark
    @OperationsPerInvocation(ACCESSES)
    public long translate() {
        long levels = 0;
        for (long access : accesses) {
            levels += mmu.translate(Mmu.addressOf(access), Mmu.isWrite(access));
        }
        return levels;
    }
}
