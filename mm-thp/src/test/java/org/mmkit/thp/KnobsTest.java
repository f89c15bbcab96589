package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mmkit.api.Errno;
import org.mmkit.api.memory.Gfp;
import org.mmkit.core.Machine;

class KnobsTest extends HugePageTest {

    @Test
    void T05_enabled_shows_all_words_and_takes_exactly_these() {
        assertThat(get("enabled")).isEqualTo("[always] madvise never");
        set("enabled", "madvise");
        assertThat(get("enabled")).isEqualTo("always [madvise] never");
        for (String wrong : new String[] {"alway\n", "ALWAYS\n", " always\n", "always \n", "always\n\n", "", "\n", "1\n"}) {
            assertThat(machine.write(THP + "enabled", wrong)).as(wrong).isEqualTo(-Errno.EINVAL);
        }
        assertThat(get("enabled")).isEqualTo("always [madvise] never");
    }

    @Test
    void T06_defrag_has_five_words_and_madvise_is_the_default() {
        assertThat(get("defrag")).isEqualTo("always defer defer+madvise [madvise] never");
        set("defrag", "defer+madvise");
        assertThat(get("defrag")).isEqualTo("always defer [defer+madvise] madvise never");
    }

    @ParameterizedTest
    @CsvSource({
        "ALWAYS, true, true, false, false",
        "ALWAYS, false, true, false, true",
        "DEFER, true, false, true, false",
        "DEFER, false, false, true, false",
        "DEFER_MADVISE, true, true, false, false",
        "DEFER_MADVISE, false, false, true, false",
        "MADVISE, true, true, false, false",
        "MADVISE, false, false, false, false",
        "NEVER, true, false, false, false",
        "NEVER, false, false, false, false"
    })
    void T06_defrag_decides_between_a_stall_a_wake_up_and_nothing(
            Settings.Defrag defrag, boolean advised, boolean stalls, boolean wakes, boolean givesUpEarly) {
        Settings settings = new Settings(machine.configuration(), 9);
        settings.defrag = defrag;

        int gfp = settings.faultGfp(advised);

        assertThat((gfp & Gfp.DIRECT_RECLAIM) != 0).isEqualTo(stalls);
        assertThat((gfp & Gfp.KSWAPD_RECLAIM) != 0).isEqualTo(wakes);
        assertThat((gfp & Gfp.NORETRY) != 0).isEqualTo(givesUpEarly);
    }

    @Test
    void T08_hpage_pmd_size_is_that_of_the_architecture_and_cannot_be_written() {
        assertThat(get("hpage_pmd_size")).isEqualTo("2097152");
        assertThat(machine.write(THP + "hpage_pmd_size", "1\n")).isEqualTo(-Errno.EACCES);
    }

    @Test
    void T09_the_limits_of_khugepaged_take_decimal_numbers_up_to_511() {
        for (String knob : new String[] {"max_ptes_none", "max_ptes_swap", "max_ptes_shared"}) {
            set("khugepaged/" + knob, 511);
            set("khugepaged/" + knob, "+010");
            assertThat(get("khugepaged/" + knob)).isEqualTo("10");
            for (String wrong : new String[] {"512\n", "-1\n", "0x10\n", "1x\n", "\n", "99999999999999999999\n"}) {
                assertThat(machine.write(THP + "khugepaged/" + knob, wrong)).as(wrong).isEqualTo(-Errno.EINVAL);
            }
        }
        assertThat(machine.write(THP + "khugepaged/pages_to_scan", "0\n")).isEqualTo(-Errno.EINVAL);
        assertThat(machine.write(THP + "khugepaged/full_scans", "0\n")).isEqualTo(-Errno.EACCES);
    }

    @Test
    void T10_the_boot_parameter_sets_the_default() {
        boot("transparent_hugepage=never");
        assertThat(get("enabled")).isEqualTo("always madvise [never]");
        boot("transparent_hugepage=sometimes");
        assertThat(get("enabled")).isEqualTo("[always] madvise never");
    }

    @Test
    void T10_thp_anon_and_thp_shmem_set_sizes_at_boot_and_the_pmd_size_no_longer_inherits_then() {
        boot("thp_anon=16K,64K:always;128K-512K:inherit thp_shmem=32K:advise");
        assertThat(get("hugepages-16kB/enabled")).isEqualTo("[always] inherit madvise never");
        assertThat(get("hugepages-32kB/enabled")).isEqualTo("always inherit madvise [never]");
        assertThat(get("hugepages-256kB/enabled")).isEqualTo("always [inherit] madvise never");
        assertThat(get("hugepages-2048kB/enabled")).isEqualTo("always inherit madvise [never]");
        assertThat(get("hugepages-32kB/shmem_enabled")).isEqualTo("always inherit within_size [advise] never");
    }

    @Test
    void T10_a_size_list_with_a_mistake_is_ignored_as_a_whole() {
        boot("thp_anon=64K:always;48K:always");
        assertThat(get("hugepages-64kB/enabled")).isEqualTo("always inherit madvise [never]");
        assertThat(get("hugepages-2048kB/enabled")).isEqualTo("always [inherit] madvise never");
    }

    @Test
    void T05_a_machine_of_less_than_512_MiB_has_huge_pages_off_until_asked() {
        machine = Machine.builder().memory("256M").build();
        assertThat(get("enabled")).isEqualTo("always madvise [never]");
        assertThat(get("defrag")).isEqualTo("always defer defer+madvise madvise [never]");
        assertThat(get("use_zero_page")).isEqualTo("0");
    }

    @Test
    void T11_force_is_refused_while_a_smaller_size_inherits() {
        set("hugepages-64kB/shmem_enabled", "inherit");
        assertThat(machine.write(THP + "shmem_enabled", "force\n")).isEqualTo(-Errno.EINVAL);
        set("hugepages-64kB/shmem_enabled", "never");
        set("shmem_enabled", "force");
        assertThat(machine.write(THP + "hugepages-64kB/shmem_enabled", "inherit\n")).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void T05_two_page_folios_exist_for_files_only() {
        assertThat(machine.list(THP + "hugepages-8kB")).containsExactlyInAnyOrder("shmem_enabled", "stats");
        assertThat(machine.list(THP + "hugepages-16kB")).contains("enabled");
        assertThat(machine.list(THP + "hugepages-8kB/stats")).doesNotContain("nr_anon").contains("split");
    }

    @Test
    void T05_a_4_12_kernel_knows_no_sizes_but_that_of_a_pmd() {
        machine = Machine.builder().memory("2G").kernel("4.12").build();
        assertThat(machine.list("/sys/kernel/mm/transparent_hugepage")).noneMatch(name -> name.startsWith("hugepages-"))
                .doesNotContain("shrink_underused");
        assertThat(machine.list(THP + "khugepaged")).doesNotContain("max_ptes_shared").contains("max_ptes_swap");
    }
}
