package org.mmkit.bench;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.Protection;
import org.mmkit.arch.arm64.Arm64;
import org.mmkit.arch.riscv64.Riscv64;
import org.mmkit.arch.x86_64.X86_64;
import org.mmkit.core.memory.SystemMemory;
import org.mmkit.core.pgtable.MaskedFormat;
import org.mmkit.core.pgtable.PageTableArena;
import org.mmkit.core.pgtable.RadixPageTables;
import org.mmkit.sample.toy32.Toy32;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What it costs that several backends are loaded: walks and maps with x86-64 tables, after the same code has run with the tables of
 * {@code backends} architectures in this JVM (x86-64, arm64, RISC-V and the sample of two levels). Each figure is for one page.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ArchitecturesBenchmark {

    private static final int PAGES = 1 << 18;
    private static final int WARM_ROUNDS = 30;
    private static final int WARM_PAGES = 1 << 14;
    private static final long PAGE = 4096;

    /** How many architectures this JVM has used. */
    @Param({"1", "4"})
    public int backends;

    private Trees trees;

    /** Two trees of one architecture: one mapped, one whose entries come and go. */
    private static final class Trees {
        final EntryFormat format;
        final RadixPageTables mapped;
        final RadixPageTables scratch;
        final int[] shuffled;
        final int pages;
        final long base;

        Trees(Architecture architecture, int pages) throws RadixPageTables.OutOfFramesException {
            NoSymbols configuration = new NoSymbols();
            PageTableLayout layout = architecture.layout(configuration);
            format = MaskedFormat.of(architecture.entryFormat(configuration), layout);
            this.pages = pages;
            base = architecture.virtualLayout(configuration).userEnd() / 2;
            SystemMemory memory = new SystemMemory.Builder(
                            architecture.physicalMap(2L << 30), layout, architecture.sectionOrder(configuration))
                    .contents(false)
                    .build();
            PageTableArena arena = new PageTableArena(
                    layout, format, memory.allocator(), memory.frames(), memory.spanned(), memory.sectionOrder());
            mapped = RadixPageTables.create(arena, layout, format);
            scratch = RadixPageTables.create(arena, layout, format);
            SplittableRandom random = new SplittableRandom(1);
            shuffled = new int[pages];
            for (int i = 0; i < pages; i++) {
                mapped.write(mapped.obtain(base + i * PAGE, 1), format.leaf(i, 1, Protection.READ));
                scratch.obtain(base + i * PAGE, 1);
                int k = random.nextInt(i + 1);
                shuffled[i] = shuffled[k];
                shuffled[k] = i;
            }
        }

        long walk() {
            long sum = 0;
            for (int i = 0; i < pages; i++) {
                long va = base + shuffled[i] * PAGE;
                long entry = mapped.read(mapped.find(va, 1));
                sum += format.isPresent(entry) ? format.pfn(entry, 1) << 12 | va & PAGE - 1 : -1;
            }
            return sum;
        }

        void map() {
            for (int i = 0; i < pages; i++) {
                scratch.write(scratch.obtain(base + shuffled[i] * PAGE, 1), format.leaf(i, 1, Protection.READ));
            }
            for (int i = 0; i < pages; i++) {
                scratch.write(scratch.find(base + shuffled[i] * PAGE, 1), format.none());
            }
        }
    }

    /** Uses each architecture for a while, then makes the trees to measure. */
    @Setup
    public void use() throws RadixPageTables.OutOfFramesException {
        Architecture[] all = {new X86_64(), new Arm64(), new Riscv64(), new Toy32()};
        for (int i = 0; i < backends; i++) {
            Trees warm = new Trees(all[i], WARM_PAGES);
            for (int round = 0; round < WARM_ROUNDS; round++) {
                warm.walk();
                warm.map();
            }
        }
        trees = new Trees(all[0], PAGES);
    }

    /** The physical address of each page, in random order. */
    @Benchmark
    @OperationsPerInvocation(PAGES)
    public long walk() {
        return trees.walk();
    }

    /** Maps and unmaps each page, in random order. */
    @Benchmark
    @OperationsPerInvocation(2 * PAGES)
    public void map() {
        trees.map();
    }
}
