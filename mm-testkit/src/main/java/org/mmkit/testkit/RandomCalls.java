package org.mmkit.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.mmkit.api.ErrnoException;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

/** What programs do to anonymous memory, in an order that a seed decides. */
final class RandomCalls {

    private static final long MIB = 1L << 20;
    private static final int STEPS = 400;

    private static final int[] PROTECTIONS = {0, 1, 3};
    private static final int[] ADVICE = {4, 14, 15}; // DONTNEED, HUGEPAGE, NOHUGEPAGE

    private RandomCalls() {}

    /** Random calls of a few processes, which all end; the machine is checked on the way. */
    static void work(Machine machine, long seed) throws ErrnoException {
        Random random = new Random(seed);
        List<Process> processes = new ArrayList<>();
        List<Long> areas = new ArrayList<>();
        processes.add(machine.newProcess());
        for (int step = 0; step < STEPS; step++) {
            Process process = processes.get(random.nextInt(processes.size()));
            long length = (1 + random.nextInt(1024)) * 4096L;
            long va = areas.isEmpty() ? 0 : areas.get(random.nextInt(areas.size())) + random.nextInt(1024) * 4096L;
            switch (random.nextInt(12)) {
                case 0, 1 -> {
                    long at = process.mmap(0, 4 * MIB, 3, random.nextInt(4) == 0 ? 0x21 : 0x22, null, 0);
                    if (at > 0) {
                        areas.add(at);
                    }
                }
                case 2 -> process.munmap(va, length);
                case 3 -> process.mprotect(va, length, PROTECTIONS[random.nextInt(PROTECTIONS.length)]);
                case 4 -> process.madvise(va, length, ADVICE[random.nextInt(ADVICE.length)]);
                case 5 -> {
                    if (processes.size() < 4) {
                        processes.add(process.fork());
                    }
                }
                case 6 -> {
                    if (processes.size() > 1) {
                        process.exit();
                        processes.remove(process);
                    }
                }
                default -> {
                    if (random.nextInt(3) > 0) {
                        process.store(va, step);
                    } else {
                        process.load(va);
                    }
                }
            }
            if (step % 60 == 0) {
                check(machine, seed, step);
            }
        }
        for (Process process : processes) {
            process.exit();
        }
        check(machine, seed, STEPS);
    }

    private static void check(Machine machine, long seed, int step) {
        try {
            machine.verify();
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed + " step " + step + ": " + e.getMessage(), e);
        }
    }
}
