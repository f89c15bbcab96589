package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.mmkit.api.policy.PagePolicy;
import org.mmkit.api.policy.PagePolicyProvider;
import org.mmkit.api.policy.PolicyHost;
import org.mmkit.api.space.Advice;
import org.mmkit.api.space.Vma;
import org.mmkit.core.BootException;
import org.mmkit.core.Machine;

class PolicyTest extends HugePageTest {

    private static final String FILE = "/sys/kernel/mm/transparent_hugepage/policy";

    private void use(Machine built) {
        machine = built;
        process = machine.newProcess();
    }

    private void advance(long nanoseconds) {
        machine.clock().advanceTo(machine.clock().now() + nanoseconds);
    }

    private void bootWith(String policy) {
        use(Machine.builder().memory("1G").policy(policy).build());
        set("enabled", "always");
    }

    private long pfn(long address) {
        var tables = process.space().tables();
        return tables.format().pfn(tables.read(tables.find(address, 1)), 1);
    }

    private String pageOf(long address) {
        var frames = machine.memory().frames();
        long head = frames.head(pfn(address));
        return "order " + frames.order(head) + ", page " + (pfn(address) - head);
    }

    @Test
    void linux_is_the_policy_of_a_machine_that_names_none() {
        assertThat(machine.read(FILE)).isEqualTo("ingens [linux] reservation\n");
        assertThatThrownBy(() -> bootWith("superpages")).isInstanceOf(BootException.class)
                .hasMessageContaining("no policy \"superpages\"; there are ingens, linux, reservation");
    }

    @Test
    void reservation_maps_one_page_at_the_first_touch_and_takes_a_whole_block() {
        bootWith("reservation");
        long a = map(BASE, 2 * MIB);

        process.store(a + 5 * 4 * KIB, 1);

        assertThat(smaps(a).rss()).isEqualTo(4 * KIB);
        assertThat(anonHuge(a)).isZero();
        assertThat(pageOf(a + 5 * 4 * KIB)).isEqualTo("order 9, page 5");
        process.store(a + 7 * 4 * KIB, 1);
        assertThat(pfn(a + 7 * 4 * KIB)).isEqualTo(pfn(a + 5 * 4 * KIB) + 2);
        machine.verify();
    }

    @Test
    void reservation_promotes_a_block_without_a_copy_when_its_last_page_is_touched() {
        bootWith("reservation");
        long a = map(BASE, 2 * MIB);
        for (int i = 511; i > 0; i--) {
            process.store(a + i * 4 * KIB, i);
        }
        assertThat(anonHuge(a)).isZero();
        long copied = machine.memory().contents().bytesCopied();

        process.load(a);
        process.store(a, 7);

        assertThat(anonHuge(a)).isEqualTo(2 * MIB);
        assertThat(machine.vmstat("thp_promote_in_place")).isEqualTo(1);
        assertThat(machine.vmstat("thp_collapse_alloc")).isZero();
        assertThat(machine.memory().contents().bytesCopied()).isEqualTo(copied);
        assertThat(process.load(a + 9 * 4 * KIB)).isEqualTo(9);
        machine.verify();
    }

    @Test
    void reservation_is_broken_by_memory_pressure_which_frees_what_was_not_touched() {
        bootWith("reservation");
        long a = map(BASE, 2 * MIB);
        process.store(a, 3);
        long next = pfn(a) + 1;

        machine.write("/proc/sys/vm/drop_caches", "2\n");

        assertThat(pageOf(a)).isEqualTo("order 0, page 0");
        assertThat(machine.memory().frames().refcount(next)).as("what was set aside is free").isZero();
        process.store(a + 4 * KIB, 4);
        assertThat(smaps(a).rss()).isEqualTo(8 * KIB);
        assertThat(process.load(a)).isEqualTo(3);
        machine.verify();
    }

    @Test
    void reservation_serves_neither_a_shared_block_nor_an_area_without_room() {
        bootWith("reservation");
        long small = map(BASE, 2 * MIB - 4 * KIB);
        process.store(small, 1);
        assertThat(pageOf(small)).isEqualTo("order 0, page 0");
        long a = map(BASE + 8 * MIB, 2 * MIB);
        process.store(a, 1);
        var child = fork();

        process.store(a + 4 * KIB, 2);
        child.store(a + 4 * KIB, 3);

        assertThat(process.load(a + 4 * KIB)).isEqualTo(2);
        assertThat(child.load(a + 4 * KIB)).isEqualTo(3);
        machine.verify();
        child.exit();
        machine.verify();
    }

    @Test
    void ingens_maps_base_pages_and_promotes_in_the_background_at_nine_tenths() {
        bootWith("ingens");
        long a = map(BASE, 4 * MIB);
        for (int i = 0; i < 460; i++) {
            process.store(a + i * 4 * KIB, 5);
        }
        advance(1_000_000);
        assertThat(anonHuge(a)).as("460 of 512").isZero();

        process.store(a + 500 * 4 * KIB, 5);
        assertThat(anonHuge(a)).as("in the background").isZero();
        advance(1_000_000);

        assertThat(anonHuge(a)).isEqualTo(2 * MIB);
        assertThat(machine.vmstat("thp_fault_alloc")).isZero();
        assertThat(machine.vmstat("thp_collapse_alloc")).isEqualTo(1);
        assertThat(process.load(a + 499 * 4 * KIB)).isZero();
        machine.verify();
    }

    @Test
    void ingens_counts_again_after_pages_were_given_back_and_leaves_dead_spaces_alone() {
        use(Machine.builder().memory("1G").policy("ingens").cmdline("ingens_threshold=50").build());
        set("enabled", "always");
        long a = map(BASE, 2 * MIB);
        for (int i = 0; i < 255; i++) {
            process.store(a + i * 4 * KIB, 5);
        }
        process.madvise(a, 400 * KIB, Advice.MADV_DONTNEED);
        process.store(a + 300 * 4 * KIB, 5);
        advance(1_000_000);
        assertThat(anonHuge(a)).as("156 of 512").isZero();
        for (int i = 301; i < 401; i++) {
            process.store(a + i * 4 * KIB, 5);
        }
        process.exit();
        advance(1_000_000);
        machine.verify();
    }

    @Test
    void a_policy_of_ones_own_decides_and_khugepaged_asks_it() {
        PagePolicyProvider evenBlocks = new PagePolicyProvider() {
            @Override
            public String id() {
                return "even";
            }

            @Override
            public String description() {
                return "every second block";
            }

            @Override
            public PagePolicy create(PolicyHost host) {
                return new PagePolicy() {
                    @Override
                    public int mapOrders(Vma vma, long va, int allowed) {
                        return 0;
                    }

                    @Override
                    public boolean usesKhugepaged() {
                        return true;
                    }

                    @Override
                    public boolean isCandidate(Vma vma, long va) {
                        return (va & host.size()) == 0;
                    }
                };
            }
        };
        use(Machine.builder().memory("1G").policy(evenBlocks).policy("even").build());
        set("enabled", "always");
        long a = map(BASE, 8 * MIB);
        fill(a, 8 * MIB, 1);
        assertThat(anonHuge(a)).isZero();

        advance(60_000_000_000L);

        assertThat(anonHuge(a)).isEqualTo(4 * MIB);
        machine.verify();
    }
}
