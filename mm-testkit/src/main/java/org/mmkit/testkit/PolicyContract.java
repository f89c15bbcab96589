package org.mmkit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.policy.PagePolicyProvider;
import org.mmkit.api.space.Advice;
import org.mmkit.core.Machine;
import org.mmkit.core.MachineBuilder;
import org.mmkit.core.process.Process;

/**
 * What the engine relies on in an allocation and promotion policy. A policy's whole test is one method; an architecture and the feature of
 * transparent huge pages (mm-thp) must be on the path.
 *
 * <p>Random tests print their seed in each failure.
 */
public abstract class PolicyContract {

    private static final long MIB = 1L << 20;
    private static final String THP = "/sys/kernel/mm/transparent_hugepage/";
    private static final long MINUTE = 60_000_000_000L;
    private static final int WARM_UP = 3;

    /** For subclasses. */
    protected PolicyContract() {}

    /** The policy's provider, a new one or the same each time. */
    protected abstract PagePolicyProvider provider();

    /** Whether the policy has {@code behavior}; overridden by one that lacks something. */
    protected boolean has(PolicyBehavior behavior) {
        return true;
    }

    /** The machine to be built, policy and memory aside; of the first architecture unless overridden. */
    protected MachineBuilder machine() {
        return Machine.builder().contents(false);
    }

    private Machine with(AskedPolicy policy, long memory) {
        Machine machine = machine().memory(memory).policy(policy).policy(policy.id()).build();
        machine.write(THP + "enabled", "always");
        return machine;
    }

    private Machine with() {
        return with(new AskedPolicy(provider()), 512 * MIB);
    }

    /** One huge page's worth of addresses and the base pages in it. */
    private record Block(long bytes, long page) {

        static Block of(Machine machine, Process process) {
            return new Block(Long.parseLong(machine.read(THP + "hpage_pmd_size").strip()), process.space().tables().layout().size(1));
        }
    }

    private static long map(Process process, Block block, long bytes) {
        long at = process.mmap(0, bytes + block.bytes, 3, 0x22, null, 0);
        assertTrue(at > 0, "mmap: errno " + -at);
        return at + block.bytes - 1 & -block.bytes;
    }

    private static void touch(Process process, long start, long bytes, long step) {
        for (long va = start; va != start + bytes; va += step) {
            assertEquals(0, process.store(va, 1), "a write at 0x" + Long.toHexString(va));
        }
    }

    private static void pass(Machine machine, long nanoseconds) {
        machine.clock().advanceTo(machine.clock().now() + nanoseconds);
    }

    private static long hugePages(Machine machine) {
        return machine.vmstat("nr_anon_transparent_hugepages");
    }

    private static Map<String, Long> counters(Machine machine) {
        Map<String, Long> counters = new TreeMap<>();
        for (String line : machine.read("/proc/vmstat").lines().toList()) {
            int blank = line.indexOf(' ');
            counters.put(line.substring(0, blank), Long.parseLong(line.substring(blank + 1).strip()));
        }
        return counters;
    }

    @Test
    void its_name_can_be_a_boot_parameter_and_its_description_a_phrase() {
        String id = provider().id();
        String description = provider().description();

        assertTrue(id.matches("[a-z][a-z0-9_-]*"), "the id \"" + id + "\" is not made of a-z, 0-9, _ and -, a letter first");
        assertFalse(description.isBlank() || description.endsWith(".") || description.contains("\n"),
                "one phrase without a full stop describes a policy, not \"" + description + "\"");
        assertEquals(id, provider().id());
        assertEquals("TRANSPARENT_HUGEPAGE", provider().configSymbol(), "policies work where there are huge pages");
    }

    @Test
    void it_is_made_once_for_a_machine_that_names_it_and_for_no_other() {
        AskedPolicy policy = new AskedPolicy(provider());
        machine().memory(512 * MIB).policy(policy).policy("linux").build();
        assertEquals(0, policy.made(), "policies of a machine that uses another");

        Machine on = with(policy, 512 * MIB);

        assertEquals(1, policy.made());
        assertTrue(on.read(THP + "policy").contains("[" + policy.id() + "]"));
        on.verify();
    }

    @Test
    void a_fault_makes_an_empty_block_huge_or_no_fault_does() {
        Machine on = with();
        Process process = on.newProcess();
        Block block = Block.of(on, process);
        long start = map(process, block, 4 * block.bytes);

        touch(process, start, 4 * block.bytes, block.bytes);

        assertEquals(has(PolicyBehavior.HUGE_AT_FAULT), hugePages(on) > 0, "huge pages after one touch of each of four blocks");
        on.verify();
    }

    @Test
    void a_block_that_was_touched_everywhere_becomes_huge_or_never_does() {
        Machine on = with();
        Process process = on.newProcess();
        Block block = Block.of(on, process);
        long start = map(process, block, 4 * block.bytes);

        touch(process, start, 4 * block.bytes, block.page);
        pass(on, MINUTE);

        assertEquals(has(PolicyBehavior.HUGE_WHEN_FULL), hugePages(on) > 0, "huge pages a minute after four blocks were touched everywhere");
        on.verify();
    }

    @Test
    void the_knobs_come_first() {
        Machine on = with();
        on.write(THP + "enabled", "never");
        Process process = on.newProcess();
        Block block = Block.of(on, process);
        touch(process, map(process, block, 2 * block.bytes), 2 * block.bytes, block.page);
        pass(on, MINUTE);
        assertEquals(0, hugePages(on), "huge pages, although none are enabled");

        on.write(THP + "enabled", "always");
        long refused = map(process, block, 2 * block.bytes);
        process.madvise(refused, 2 * block.bytes, Advice.MADV_NOHUGEPAGE);
        long before = hugePages(on);
        touch(process, refused, 2 * block.bytes, block.page);

        assertEquals(before, hugePages(on), "huge pages where the program wants none");
        on.verify();
    }

    @Test
    void its_answers_are_among_what_is_allowed_and_the_same_for_the_same_question() throws ErrnoException {
        for (long seed = 1; seed <= 4; seed++) {
            Machine on = with();
            on.list(THP.substring(0, THP.length() - 1)).stream().filter(name -> name.startsWith("hugepages-")).forEach(name -> on.write(THP + name + "/enabled", "always"));
            RandomCalls.work(on, seed);
            pass(on, MINUTE);
            on.verify();
        }
    }

    @Test
    void a_question_makes_no_object() {
        AskedPolicy policy = new AskedPolicy(provider());
        Machine on = with(policy, 512 * MIB);
        Process process = on.newProcess();
        Block block = Block.of(on, process);
        long bytes = 8 * block.bytes;
        long start = map(process, block, bytes);
        long questions = 0;
        long allocated = 0;
        for (int round = 0; round <= WARM_UP; round++) {
            questions = policy.questions();
            allocated = policy.allocated();
            process.madvise(start, bytes, Advice.MADV_DONTNEED);
            touch(process, start, bytes, block.page);
        }

        assertTrue(policy.allocated() - allocated < Math.max(1, policy.questions() - questions),
                policy.questions() - questions + " questions made " + (policy.allocated() - allocated) + " bytes of objects");
    }

    @Test
    void the_same_calls_have_the_same_effect() throws ErrnoException {
        for (long seed = 1; seed <= 3; seed++) {
            Machine one = with();
            Machine other = with();
            RandomCalls.work(one, seed);
            RandomCalls.work(other, seed);

            assertEquals(counters(one), counters(other), "seed " + seed);
        }
    }

    @Test
    void machines_do_not_know_each_other() throws ErrnoException {
        AskedPolicy policy = new AskedPolicy(provider());
        Machine alone = with(policy, 512 * MIB);
        RandomCalls.work(alone, 6);
        Machine idle = with(policy, 512 * MIB);
        Map<String, Long> before = counters(idle);
        Machine busy = with(policy, 512 * MIB);
        RandomCalls.work(busy, 5);
        pass(busy, MINUTE);
        assertEquals(before, counters(idle));

        RandomCalls.work(idle, 6);
        assertEquals(counters(alone), counters(idle), "after the other machine worked");
    }

    @Test
    void what_programs_used_comes_back_when_they_are_gone() throws ErrnoException {
        Machine on = with();
        for (long seed = 11; seed <= 13; seed++) {
            RandomCalls.work(on, seed);
        }
        pass(on, MINUTE);
        long free = on.vmstat("nr_free_pages");
        for (long seed = 11; seed <= 13; seed++) {
            RandomCalls.work(on, seed);
            pass(on, MINUTE);
            assertEquals(free, on.vmstat("nr_free_pages"), "free frames after the programs of seed " + seed + " ended once more");
        }
    }

    @Test
    void memory_that_nobody_touched_is_given_up_before_a_program_dies() {
        Machine on = with(new AskedPolicy(provider()), 256 * MIB);
        on.write("/proc/sys/vm/overcommit_memory", "1");
        Process process = on.newProcess();
        Block block = Block.of(on, process);
        // What a fault maps is used; what is only set aside is not, and may be more than there is.
        long bytes = (has(PolicyBehavior.HUGE_AT_FAULT) ? 128 * MIB : 512 * MIB) / block.bytes * block.bytes;
        long start = map(process, block, bytes);

        touch(process, start, bytes, block.bytes);
        touch(process, start, 64 * MIB, block.page);

        assertFalse(process.isKilled());
        on.verify();
    }
}
