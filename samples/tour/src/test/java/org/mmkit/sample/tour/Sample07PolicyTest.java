package org.mmkit.sample.tour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mmkit.api.space.MapFlags.MAP_ANONYMOUS;
import static org.mmkit.api.space.MapFlags.MAP_PRIVATE;
import static org.mmkit.api.space.MapFlags.PROT_READ;
import static org.mmkit.api.space.MapFlags.PROT_WRITE;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.mmkit.api.Provider;
import org.mmkit.api.policy.PagePolicyProvider;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;
import org.mmkit.testkit.PackagingContract;
import org.mmkit.testkit.PolicyBehavior;
import org.mmkit.testkit.PolicyContract;

/** 07: a promotion policy of one's own ({@link Earned}), found in its jar and chosen by name. */
class Sample07PolicyTest {

    private static final int BLOCK = 2 << 20;

    private static Machine touch(String policy, int step) throws Exception {
        Machine machine = Machine.builder().arch("x86_64").memory("1G").policy(policy).build();
        machine.write("/sys/kernel/mm/transparent_hugepage/enabled", "always");
        Process process = machine.newProcess();
        long area = process.mmap(0, 8 * BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
        long first = area + BLOCK - 1 & -BLOCK;
        for (long va = first; va < first + 4 * BLOCK; va += step) {
            process.store(va, 1);
        }
        machine.clock().advanceTo(machine.clock().now() + 1_000_000); // nanoseconds, in which kernel threads run
        machine.verify();
        return machine;
    }

    @Test
    void who_fills_a_block_gets_it_huge_and_the_next_ones_at_once() throws Exception {
        Machine machine = touch("earned", 4096);

        assertThat(machine.read("/sys/kernel/mm/transparent_hugepage/policy")).contains("[earned]");
        assertThat(machine.vmstat("pgfault")).isEqualTo(512 + 3);
        assertThat(machine.vmstat("thp_fault_alloc")).isEqualTo(3);
        assertThat(machine.read("/proc/meminfo")).containsPattern("AnonHugePages: +8192 kB");
    }

    @Test
    void who_touches_one_page_of_each_block_gets_none() throws Exception {
        assertThat(touch("earned", BLOCK).read("/proc/meminfo")).containsPattern("AnonHugePages: +0 kB");
        assertThat(touch("linux", BLOCK).read("/proc/meminfo")).containsPattern("AnonHugePages: +8192 kB");
    }

    @Nested
    class Contract extends PolicyContract {
        @Override
        protected PagePolicyProvider provider() {
            return new Earned();
        }

        @Override
        protected boolean has(PolicyBehavior behavior) {
            return behavior != PolicyBehavior.HUGE_AT_FAULT; // only behind a full block
        }
    }

    @Nested
    class Packaging extends PackagingContract {
        @Override
        protected Provider provider() {
            return new Earned();
        }
    }
}
