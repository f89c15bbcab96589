package org.mmkit.sample.tour;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mmkit.api.config.Reason;
import org.mmkit.core.Machine;

/** 04: ask the configuration why a symbol has its value. */
class Sample04KconfigTest {

    @Test
    void a_symbol_that_is_off_says_what_it_waits_for() {
        Machine machine = Machine.builder().arch("x86_64").memory("256M").set("FRAME_ALLOCATOR_LLFREE", "y").build();

        assertThat(machine.configuration().isEnabled("COMPACTION")).isFalse();
        Reason reason = machine.configuration().reason("COMPACTION");
        assertThat(reason.unmet()).anySatisfy(term -> assertThat(term.expression()).contains("PAGE_BLOCKS"));
    }
}
