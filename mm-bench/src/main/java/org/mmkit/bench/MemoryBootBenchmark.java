package org.mmkit.bench;

import java.util.concurrent.TimeUnit;
import org.mmkit.api.arch.Architecture;
import org.mmkit.arch.x86_64.X86_64;
import org.mmkit.core.memory.SystemMemory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Time until the memory of a machine is ready, nothing touched. Run it with {@code -prof gc} for the heap it takes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MemoryBootBenchmark {

    /** Gibibytes of the machine. */
    @Param({"8", "1024", "16384"})
    public long gib;

    private final Architecture architecture = new X86_64();
    private final NoSymbols configuration = new NoSymbols();

    /** The machine's memory, booted. */
    @Benchmark
    public SystemMemory boot() {
        return new SystemMemory.Builder(
                        architecture.physicalMap(gib << 30),
                        architecture.layout(configuration),
                        architecture.sectionOrder(configuration))
                .contents(false)
                .build();
    }
}
