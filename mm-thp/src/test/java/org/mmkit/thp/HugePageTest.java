package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.arch.Protection;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.MapFlags;
import org.mmkit.api.space.Vma;
import org.mmkit.core.Machine;
import org.mmkit.core.gup.PinnedPages;
import org.mmkit.core.observe.AreaStatistics;
import org.mmkit.core.process.Process;

/** A machine with one process, seen as a user sees it; its invariants are checked after each test. */
abstract class HugePageTest {

    static final long KIB = 1L << 10;
    static final long MIB = 1L << 20;
    static final String THP = "/sys/kernel/mm/transparent_hugepage/";
    static final int RW = Protection.READ | Protection.WRITE;
    static final long BASE = 0x1001_0000_0000L;

    Machine machine = machine("");
    Process process = machine.newProcess();

    /** A machine of 2 GiB that was booted with {@code cmdline}. */
    static Machine machine(String cmdline) {
        return Machine.builder().memory("2G").cmdline(cmdline).build();
    }

    /** Starts over with a machine that was booted with {@code cmdline}. */
    void boot(String cmdline) {
        machine = machine(cmdline);
        process = machine.newProcess();
    }

    @AfterEach
    void invariantsHold() {
        machine.verify();
    }

    void set(String knob, Object value) {
        assertThat(machine.write(THP + knob, value + "\n")).as("%s to %s", value, knob).isPositive();
    }

    String get(String knob) {
        return machine.read(THP + knob).strip();
    }

    long stat(String size, String name) {
        return Long.parseLong(get("hugepages-" + size + "/stats/" + name));
    }

    /** Private anonymous memory at {@code address}. */
    long map(long address, long length) {
        int flags = MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_FIXED_NOREPLACE;
        long result = process.mmap(address, length, RW, flags, null, 0);
        assertThat(result).isEqualTo(address);
        return result;
    }

    /** Private anonymous memory at {@code address} under MADV_HUGEPAGE. */
    long mapAdvised(long address, long length) {
        map(address, length);
        assertThat(process.madvise(address, length, Advice.MADV_HUGEPAGE)).isZero();
        return address;
    }

    /** Writes {@code value} into each page. */
    void fill(long address, long length, int value) {
        for (long va = address; va < address + length; va += 4 * KIB) {
            assertThat(process.store(va, value)).isZero();
        }
    }

    Process fork() {
        try {
            return process.fork();
        } catch (ErrnoException e) {
            throw new AssertionError(e);
        }
    }

    PinnedPages pin(long address, long length) {
        try {
            return process.pin(address, length);
        } catch (ErrnoException e) {
            throw new AssertionError(e);
        }
    }

    Vma area(long address) {
        Vma vma = process.space().find(address);
        assertThat(vma).as("area at 0x%x", address).isNotNull();
        return vma;
    }

    AreaStatistics smaps(long address) {
        return machine.statistics(area(address));
    }

    /** AnonHugePages of the area at {@code address}, in bytes. */
    long anonHuge(long address) {
        return smaps(address).anonHugePages();
    }

    boolean isEligible(long address) {
        return machine.areaValue("THPeligible", area(address)) == 1;
    }
}
