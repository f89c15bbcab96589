package org.mmkit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.Protection;
import org.mmkit.arch.x86_64.X86_64;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

class FakesTest {

    private static final long MIB = 1L << 20;

    @Test
    void the_engine_asks_an_architecture_only_what_may_be_asked() throws Exception {
        Machine machine = Machine.builder().architecture(new AssertingArchitecture(new X86_64())).arch("asserting-x86_64").memory("256M").build();
        Process process = machine.newProcess();
        long a = process.mmap(0, 4 * MIB, 3, 0x22, null, 0);
        for (long va = a; va < a + 4 * MIB; va += 64 << 10) {
            process.store(va, 1);
        }
        Process child = process.fork();
        child.store(a, 2);
        process.mprotect(a, MIB, 0);
        process.munmap(a + MIB, MIB);
        machine.verify();
        child.exit();
        process.exit();
        machine.verify();
    }

    @Test
    void a_question_that_makes_no_sense_is_named() {
        EntryFormat format = new AssertingArchitecture(new X86_64()).entryFormat(FixedConfiguration.of("X86_64"));

        assertThat(format.pfn(format.leaf(5, 1, Protection.READ), 1)).isEqualTo(5);
        assertThatThrownBy(() -> format.pfn(format.none(), 1)).isInstanceOf(AssertionError.class).hasMessageContaining("no leaf");
        assertThatThrownBy(() -> format.leaf(5, 2, Protection.READ)).isInstanceOf(AssertionError.class).hasMessageContaining("not aligned");
        assertThatThrownBy(() -> format.table(5, 9)).isInstanceOf(AssertionError.class).hasMessageContaining("level 9");
    }
}
