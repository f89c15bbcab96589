package org.mmkit.core.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.core.BootException;

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

    @ParameterizedTest
    @CsvSource({"4096, 4096", "64K, 65536", "0x10, 16", "1g, 1073741824", "2GiB, 2147483648", "010, 10", "16T, 17592186044416"})
    void sizes_are_numbers_with_units(String text, long bytes) {
        assertThat(SizeText.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "G", "1.5G", "-1", "4 K", "16E", "99999999999999999999", "12X"})
    void what_is_no_size_is_said(String text) {
        assertThatThrownBy(() -> SizeText.parse(text)).isInstanceOf(BootException.class).hasMessageContaining("\"" + text + "\"");
    }
}
