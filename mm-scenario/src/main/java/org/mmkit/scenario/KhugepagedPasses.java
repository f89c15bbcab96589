package org.mmkit.scenario;

import org.mmkit.core.Machine;

/**
 * Makes khugepaged scan, as an administrator can: by its knobs and by waiting. It then sleeps again.
 */
final class KhugepagedPasses {

    private static final String PAGES = StartingState.THP + "khugepaged/pages_to_scan";
    private static final String SLEEP = StartingState.THP + "khugepaged/scan_sleep_millisecs";
    private static final String PASSES = StartingState.THP + "khugepaged/full_scans";
    private static final long MILLISECOND = 1_000_000;

    /** Milliseconds without a pass after which it is taken not to run. */
    private static final int PATIENCE = 1500;

    private final Machine machine;

    KhugepagedPasses(Machine machine) {
        this.machine = machine;
    }

    /** Lets {@code count} passes over all memory begin and end. */
    void run(long count) {
        if (!PseudoFiles.exists(machine, PASSES)) {
            return;
        }
        String sleep = machine.read(SLEEP);
        String pages = machine.read(PAGES);
        long done = passes();
        // the pass that is under way may have been past some of the memory
        long wanted = done + count + 1;
        machine.write(PAGES, "1000000\n");
        machine.write(SLEEP, "2\n");
        int idle = 0;
        while (passes() < wanted && idle < PATIENCE) {
            long now = passes();
            idle = now == done ? idle + 1 : 0;
            done = now;
            machine.clock().advance(MILLISECOND);
        }
        machine.write(SLEEP, sleep);
        machine.write(PAGES, pages);
    }

    private long passes() {
        return PseudoFiles.number(machine.read(PASSES));
    }
}
