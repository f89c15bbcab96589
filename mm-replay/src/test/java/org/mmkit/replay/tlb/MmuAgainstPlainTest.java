package org.mmkit.replay.tlb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.api.arch.MmuGeometry.Tlb;
import org.mmkit.api.space.Fault;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

/** The fast model counts what the plain one does, access by access and in blocks. */
class MmuAgainstPlainTest {

    private static final long BASE = 0x100000000000L;
    private static final long PAGE = 4096;
    private static final int BLOCKS = 24;
    private static final long HUGE = 2 << 20;

    private final Machine machine = Machine.builder().arch("x86_64").memory("1G").contents(false).build();
    private final List<Process> processes = new ArrayList<>();

    private Process process(Random random) {
        Process process = machine.newProcess();
        for (int i = 0; i < BLOCKS; i++) {
            // A gap of one GiB now and then, so that upper levels differ too.
            process.mmap(block(i), HUGE, 3, 0x32, null, 0);
            process.madvise(block(i), HUGE, random.nextBoolean() ? 14 : 15);
        }
        processes.add(process);
        return process;
    }

    private static long block(int i) {
        return BASE + i * HUGE + (i >> 2 << 30) + ((long) (i >> 3) << 39);
    }

    private static MmuGeometry geometry(Random random) {
        int[] sets = {1, 2, 3, 4, 5, 16};
        int[] ways = {1, 2, 4, 5, 8, 12, 16, 17, 32};
        List<Tlb> tlbs = new ArrayList<>();
        for (int level = 1; level <= 1 + random.nextInt(2); level++) {
            int[] sizes = switch (random.nextInt(5)) {
                case 0 -> new int[] {1 << 1 | 1 << 2};
                case 1 -> new int[] {1 << 1};
                case 2 -> new int[] {1 << 1, 1 << 1 | 1 << 2};
                default -> new int[] {1 << 1, 1 << 2};
            };
            for (int levels : sizes) {
                int w = ways[random.nextInt(ways.length)];
                tlbs.add(new Tlb("L" + level, level, w * sets[random.nextInt(sets.length)], w, levels));
            }
        }
        int[] caches = {1, 2, 4, 16, 24, 32};
        List<Integer> walk = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            walk.add(caches[random.nextInt(caches.length)]);
        }
        return new MmuGeometry(tlbs, walk);
    }

    /** Accesses with runs on one page, a hot set, and strays. */
    private static long[] trace(Random random, int n) {
        long[] trace = new long[n];
        int hot = 1 + random.nextInt(BLOCKS);
        int pages = 1 + random.nextInt(512);
        int stay = random.nextInt(4);
        long va = block(0);
        for (int i = 0; i < n; i++) {
            if (random.nextInt(4) >= stay) {
                int b = random.nextInt(8) > 0 ? random.nextInt(hot) : random.nextInt(BLOCKS);
                va = block(b) + random.nextInt(pages) * PAGE;
            }
            trace[i] = Mmu.access((va & -PAGE) + random.nextInt((int) PAGE), random.nextInt(4) == 0);
        }
        return trace;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void misses_walks_and_references_agree_on_random_traces_and_geometries(int seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 10; round++) {
            Process a = process(random);
            Process b = process(random);
            MmuGeometry geometry = geometry(random);
            Optional<NestedPaging> host = random.nextInt(3) > 0 ? Optional.empty() : Optional.of(new NestedPaging(4, 1 + random.nextInt(3)));
            PlainMmu plain = new PlainMmu(geometry, a.space().tables(), host);
            Mmu single = new Mmu(geometry, a.space().tables(), host);
            Mmu blocks = new Mmu(geometry, a.space().tables(), host);
            Process now = a;
            for (int part = 0; part < 12; part++) {
                long[] trace = trace(random, 1 + random.nextInt(2_000));
                int from = 0;
                while (from < trace.length) {
                    int to = blocks.translate(trace, from, trace.length);
                    for (int i = from; i < to; i++) {
                        int level = plain.translate(Mmu.addressOf(trace[i]), Mmu.isWrite(trace[i]));
                        assertThat(level).isPositive();
                        assertThat(single.translate(Mmu.addressOf(trace[i]), Mmu.isWrite(trace[i]))).isEqualTo(level);
                    }
                    if (to < trace.length) {
                        long va = Mmu.addressOf(trace[to]);
                        int outcome = plain.translate(va, Mmu.isWrite(trace[to]));
                        assertThat(outcome).isNotPositive();
                        assertThat(single.translate(va, Mmu.isWrite(trace[to]))).isEqualTo(outcome);
                        assertThat(blocks.translate(va, Mmu.isWrite(trace[to]))).isEqualTo(outcome);
                        assertThat(now.touch(va, (Mmu.isWrite(trace[to]) ? Fault.WRITE : 0) | Fault.USER) & Fault.ERROR).isZero();
                        if (outcome == Mmu.READ_ONLY) {
                            plain.invalidate(va);
                            single.invalidate(va);
                            blocks.invalidate(va);
                        }
                    }
                    assertThat(single.counts()).as("%s %s seed %s round %s", geometry, host, seed, round).isEqualTo(plain.counts());
                    assertThat(blocks.counts()).as("%s %s seed %s round %s", geometry, host, seed, round).isEqualTo(plain.counts());
                    from = to;
                }
                int other = random.nextInt(3);
                switch (random.nextInt(4)) {
                    case 0 -> {
                        now = now == a ? b : a;
                        int number = now == a ? 0 : other + 1;
                        plain.switchTo(now.space().tables(), number);
                        single.switchTo(now.space().tables(), number);
                        blocks.switchTo(now.space().tables(), number);
                    }
                    case 1 -> {
                        plain.invalidateSpace(other);
                        single.invalidateSpace(other);
                        blocks.invalidateSpace(other);
                    }
                    case 2 -> {
                        plain.invalidateAll();
                        single.invalidateAll();
                        blocks.invalidateAll();
                    }
                    default -> { }
                }
            }
            assertThat(plain.counts().walks()).isPositive();
            processes.forEach(Process::exit);
            processes.clear();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void traces_that_turn_from_few_pages_to_many_and_back_agree(int seed) {
        Random random = new Random(seed);
        MmuGeometry arm = new MmuGeometry(List.of(new Tlb("L1", 1, 48, 48, 0xe), new Tlb("L2", 2, 1280, 5, 0xe)), List.of());
        for (MmuGeometry geometry : List.of(machine.architecture().mmu(), arm, geometry(random), geometry(random))) {
            Process process = process(random);
            for (int b = 0; b < BLOCKS; b++) {
                for (int page = 0; page < 512; page++) {
                    assertThat(process.touch(block(b) + page * PAGE, Fault.WRITE | Fault.USER) & Fault.ERROR).isZero();
                }
            }
            PlainMmu plain = new PlainMmu(geometry, process.space().tables(), Optional.empty());
            Mmu blocks = new Mmu(geometry, process.space().tables(), Optional.empty());
            for (int part = 0; part < 24; part++) {
                int pages = 1 << random.nextInt(14);
                long[] trace = new long[1 + random.nextInt(4_000)];
                long va = block(0);
                int stay = random.nextInt(4);
                for (int i = 0; i < trace.length; i++) {
                    if (random.nextInt(4) >= stay) {
                        int page = random.nextInt(pages);
                        va = block(page % BLOCKS) + page / BLOCKS % 512 * PAGE;
                    }
                    trace[i] = Mmu.access(va + random.nextInt((int) PAGE), random.nextInt(4) == 0);
                }
                assertThat(blocks.translate(trace, 0, trace.length)).isEqualTo(trace.length);
                for (long access : trace) {
                    plain.translate(Mmu.addressOf(access), Mmu.isWrite(access));
                }
                assertThat(blocks.counts()).as("%s part %s of %s pages, seed %s", geometry, part, pages, seed).isEqualTo(plain.counts());
                if (random.nextInt(3) == 0) {
                    long gone = block(random.nextInt(BLOCKS)) + random.nextInt(512) * PAGE;
                    plain.invalidate(gone);
                    blocks.invalidate(gone);
                }
            }
            process.exit();
        }
    }

    @Test
    void a_block_ends_before_the_access_that_faults_and_goes_on_after_it() {
        Process process = process(new Random(1));
        Mmu mmu = new Mmu(machine.architecture().mmu(), process.space().tables(), Optional.empty());
        long[] trace = new long[1000];
        for (int i = 0; i < trace.length; i++) {
            trace[i] = Mmu.access(block(i % BLOCKS) + i % 7 * PAGE, true);
        }
        int faults = 0;
        for (int at = mmu.translate(trace, 0, trace.length); at < trace.length; at = mmu.translate(trace, at, trace.length)) {
            assertThat(mmu.counts().accesses()).isEqualTo(at);
            assertThat(process.touch(Mmu.addressOf(trace[at]), Fault.WRITE | Fault.USER) & Fault.ERROR).isZero();
            faults++;
        }
        assertThat(faults).isBetween(BLOCKS, BLOCKS * 7);
        assertThat(mmu.counts().accesses()).isEqualTo(1000);
    }
}
