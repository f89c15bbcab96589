package org.mmkit.thp.smp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.mmkit.api.arch.Protection;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;
import org.mmkit.core.reclaim.ReclaimShares;

/** SPEC T20: memory is reclaimed beside the calls that use it. */
class SmpReclaimTest {

    private static final long MIB = 1L << 20;
    private static final int PAGE = 4096;
    /** For each of two threads: together more than twice the memory. */
    private static final long LENGTH = 128 * MIB;
    private static final long PATIENCE = 300_000_000_000L;

    private static Machine machine(boolean proveLocking) {
        Machine machine = Machine.builder()
                .memory("96M")
                .set("SMP", "y")
                .set("PROVE_LOCKING", proveLocking ? "y" : "n")
                .build();
        machine.files().swapon(512 * MIB);
        return machine;
    }

    private static long map(Process process) {
        return process.mmap(0, LENGTH, Protection.READ | Protection.WRITE, MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS, null, 0);
    }

    private static int value(long va, int pass) {
        return 1 + (int) ((va >>> 12) * 31 + pass & 0x7f);
    }

    /** Writes to each page of the process in turn and looks whether what it wrote before is there yet, until {@code over}. */
    private static void use(Process process, BooleanSupplier over) {
        long start = map(process);
        for (int pass = 1; !over.getAsBoolean() || pass == 1; pass++) {
            for (long va = start; va < start + LENGTH && (pass == 1 || !over.getAsBoolean()); va += PAGE) {
                assertThat(process.load(va)).isEqualTo(pass == 1 ? 0 : value(va, pass - 1));
                process.store(va, value(va, pass));
            }
        }
    }

    /** Two processes use more memory than there is at the same time, until {@code seen} or patience ends. */
    private static void useTooMuch(Machine machine, BooleanSupplier seen) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE;
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            Process process = machine.newProcess();
            Thread thread = new Thread(() -> use(process, () -> seen.getAsBoolean() || System.nanoTime() > end || failure.get() != null));
            thread.setUncaughtExceptionHandler((who, e) -> failure.compareAndSet(null, e));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
        machine.verify();
    }

    private static long line(String vmstat, String name) {
        return vmstat.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .sum();
    }

    @Test
    void T20_kswapd_and_tasks_in_want_of_memory_reclaim_beside_those_who_use_it_and_lose_nothing() throws InterruptedException {
        try (Machine machine = machine(true)) {
            ReclaimShares shares = machine.files().reclaim().shares();

            useTooMuch(machine, () -> shares.pages(true, false) > 0 && shares.pages(false, false) > 0);

            assertThat(shares.pages(true, false)).as("freed by kswapd beside others").isPositive();
            assertThat(shares.pages(false, false)).as("freed by direct reclaim beside others").isPositive();
        }
    }

    @Test
    void T20_what_is_reclaimed_side_by_side_is_counted_once() throws InterruptedException {
        try (Machine machine = machine(false)) {
            ReclaimShares shares = machine.files().reclaim().shares();

            useTooMuch(machine, () -> shares.pages(true, false) > 0 && shares.pages(false, false) > 1000);

            String vmstat;
            long freed;
            do {
                // kswapd may be at it yet: both must be of one moment.
                freed = freed(shares);
                vmstat = machine.read("/proc/vmstat");
            } while (freed != freed(shares));
            assertThat(line(vmstat, "pgsteal_kswapd") + line(vmstat, "pgsteal_direct")).isEqualTo(freed);
            assertThat(line(vmstat, "pgsteal_anon")).isEqualTo(freed);
            assertThat(line(vmstat, "pgsteal_direct")).isEqualTo(shares.pages(false, false) + shares.pages(false, true));
            assertThat(line(vmstat, "pgscan_direct")).isGreaterThanOrEqualTo(line(vmstat, "pgsteal_direct"));
            assertThat(line(vmstat, "allocstall_movable") + line(vmstat, "allocstall_normal") + line(vmstat, "allocstall_dma32"))
                    .isGreaterThanOrEqualTo(shares.runs(false, false) + shares.runs(false, true));
        }
    }

    /** Pages freed by all reclaim. */
    private static long freed(ReclaimShares shares) {
        return shares.pages(false, false) + shares.pages(false, true) + shares.pages(true, false) + shares.pages(true, true);
    }

    @Test
    void T20_huge_pages_are_reclaimed_beside_those_who_use_them() throws InterruptedException {
        try (Machine machine = machine(true)) {
            // A machine as small as this boots without.
            machine.write("/sys/kernel/mm/transparent_hugepage/enabled", "always\n");
            ReclaimShares shares = machine.files().reclaim().shares();

            useTooMuch(machine, () -> shares.pages(false, false) > 0 || shares.pages(true, false) > 0);

            String vmstat = machine.read("/proc/vmstat");
            assertThat(line(vmstat, "thp_fault_alloc")).isPositive();
            assertThat(line(vmstat, "pswpout") + line(vmstat, "swpout_zero")).isPositive();
        }
    }
}
