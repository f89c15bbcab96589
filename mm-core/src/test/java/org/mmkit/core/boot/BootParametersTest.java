package org.mmkit.core.boot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BootParametersTest {

    @Test
    void values_come_in_the_order_of_the_line_and_make_the_name_known() {
        BootParameters parameters = new BootParameters("hugepagesz=2M hugepages=4 hugepagesz=1G  hugepages=1 quiet\n");

        assertThat(parameters.values("hugepages")).containsExactly("4", "1");
        assertThat(parameters.values("absent")).isEmpty();
        assertThat(parameters.values("quiet")).containsExactly("");
        assertThat(parameters.unknown()).containsExactly("hugepagesz=2M", "hugepagesz=1G");
    }

    @Test
    void dashes_are_underscores_and_quotes_hold_blanks_together() {
        BootParameters parameters = new BootParameters("thp-anon=\"16K: always\" -- init=1");

        assertThat(parameters.values("thp_anon")).containsExactly("16K: always");
        assertThat(parameters.unknown()).isEmpty();
        assertThat(parameters.line()).isEqualTo("thp-anon=\"16K: always\" -- init=1");
    }
}
