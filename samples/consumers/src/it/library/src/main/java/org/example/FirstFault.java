package org.example;

import static org.mmkit.api.space.MapFlags.MAP_ANONYMOUS;
import static org.mmkit.api.space.MapFlags.MAP_PRIVATE;
import static org.mmkit.api.space.MapFlags.PROT_READ;
import static org.mmkit.api.space.MapFlags.PROT_WRITE;

import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

/** The lines of the README, as a program. */
public final class FirstFault {

    private FirstFault() {}

    /** Prints /proc/meminfo of a machine on which a program has touched one huge page. */
    public static void main(String[] args) throws Exception {
        Machine machine = Machine.builder().memory("4G").cmdline("transparent_hugepage=always").build();
        Process process = machine.newProcess();
        long a = process.mmap(0, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
        process.store(a, 1);
        System.out.print(machine.read("/proc/meminfo"));
        machine.verify();                                        // every invariant, or the first frame that is wrong
    }
}
