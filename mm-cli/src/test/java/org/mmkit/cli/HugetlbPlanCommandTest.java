package org.mmkit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mm hugetlb plan} as a performance engineer uses it. */
class HugetlbPlanCommandTest {

    private static final long MIB = 1 << 20;

    private static JsonObject pool(JsonObject plan, String kernel, long size) {
        for (JsonElement e : plan.getAsJsonArray("pools")) {
            JsonObject pool = e.getAsJsonObject();
            if (pool.get("kernel").getAsString().equals(kernel) && pool.get("page_size").getAsLong() == size) {
                return pool;
            }
        }
        throw new AssertionError("no pool of " + size + " for " + kernel);
    }

    @Test
    void H04_a_plan_for_a_size_says_what_the_model_of_each_kernel_did() {
        CommandRun run = CommandRun.of("hugetlb", "plan", "--size", "1G", "--json", "-");

        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isEqualTo(ExitCode.DONE);
        JsonObject plan = JsonParser.parseString(run.out()).getAsJsonObject();
        assertThat(plan.get("pages").getAsLong()).isEqualTo(512);
        assertThat(pool(plan, "5.14", 2 * MIB).get("vmemmap_given_back").getAsLong()).isEqualTo(512 * 6 * 4096);
        assertThat(pool(plan, "6.18", 2 * MIB).get("vmemmap_given_back").getAsLong()).isEqualTo(512 * 7 * 4096);
        assertThat(pool(plan, "5.14", 1024 * MIB).get("vmemmap_given_back").getAsLong()).isEqualTo(4094 * 4096);
        assertThat(pool(plan, "6.18", 1024 * MIB).get("vmemmap_given_back").getAsLong()).isEqualTo(4095 * 4096);
        assertThat(pool(plan, "6.18", 1024 * MIB).get("vmemmap_page_tables").getAsLong()).isEqualTo(8 * 4096);
        // 512 tables of 4K entries for ordinary memory; a huge mapping needs none of them
        long base = plan.getAsJsonObject("base_pages").get("page_tables").getAsLong();
        assertThat(base - pool(plan, "6.18", 2 * MIB).get("page_tables").getAsLong()).isGreaterThanOrEqualTo(512 * 4096);
        JsonObject shortage = plan.getAsJsonArray("one_page_short").get(1).getAsJsonObject();
        assertThat(shortage.get("kernel").getAsString()).isEqualTo("6.18");
        assertThat(shortage.get("mmap_errno").getAsString()).isEqualTo("ENOMEM");
        assertThat(shortage.get("noreserve_signal").getAsString()).isEqualTo("SIGBUS");
        assertThat(shortage.get("noreserve_pages_touched").getAsLong()).isEqualTo(511);
        assertThat(shortage.get("overcommit_surplus_pages").getAsLong()).isEqualTo(1);
        assertThat(plan.get("boot_parameters").getAsString()).isEqualTo("hugepagesz=2M hugepages=512 hugetlb_free_vmemmap=on");
    }

    @Test
    void a_recording_says_which_mappings_are_worth_it(@TempDir Path folder) throws Exception {
        Path recording = Checkout.root().resolve("examples/recordings/redis-snapshot.perf.txt.gz");
        Path json = folder.resolve("plan.json");

        CommandRun run = CommandRun.of("hugetlb", "plan", recording, "--kernel", "6.18", "--json", json);

        assertThat(run.status()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).startsWith("redis-snapshot.perf.txt.gz").contains("redis-server", "left out: uses", "Set it up");
        JsonObject plan = JsonParser.parseString(Files.readString(json)).getAsJsonObject();
        long pages = 0;
        for (JsonElement e : plan.getAsJsonArray("mappings")) {
            JsonObject mapping = e.getAsJsonObject();
            assertThat(mapping.get("touched").getAsLong()).isLessThanOrEqualTo(mapping.get("bytes").getAsLong());
            pages += mapping.get("planned").getAsBoolean() ? mapping.get("pages_2m").getAsLong() : 0;
        }
        assertThat(plan.get("pages").getAsLong()).isEqualTo(pages).isPositive();
        assertThat(run.out()).contains("vm.nr_hugepages = " + pages);
    }

    @Test
    void a_recording_with_huge_pages_is_planned_for_with_those_that_it_uses() {
        Path recording = Checkout.root().resolve("examples/recordings/hugetlb-areas.perf.txt.gz");

        CommandRun run = CommandRun.of("hugetlb", "plan", recording, "--kernel", "6.18");

        assertThat(run.status()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).contains("21 pages of 2M: 42.0 MB set aside for 42.0 MB of mappings, 21 of them for what uses HugeTLB pages already",
                "faults without a page (SIGBUS)      1", "hugepagesz=2M hugepages=21 hugetlb_free_vmemmap=on");
    }

    @Test
    void a_pool_that_does_not_fit_the_machine_is_said_to_and_fails() {
        CommandRun run = CommandRun.of("hugetlb", "plan", "--size", "2G", "--memory", "1G", "--kernel", "6.18");

        assertThat(run.status()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out()).containsPattern("It does not fit: Linux 6.18 got [0-9]+ of 1,024 pages");
    }

    @Test
    void an_architecture_whose_kernel_gives_no_memory_map_back_is_not_promised_any() {
        CommandRun arm64 = CommandRun.of("hugetlb", "plan", "--arch", "arm64", "--size", "1G");
        assertThat(arm64.status()).isZero();
        assertThat(arm64.out()).contains("TLB reach (1280 entries)").contains("hugepagesz=2M hugepages=512\n").doesNotContain("vmemmap");
        assertThat(CommandRun.of("hugetlb", "plan", "--arch", "riscv64", "--size", "1G", "--kernel", "6.18").out())
                .containsPattern("vmemmap given back, Linux 6.18 +- +14.0 MB").contains("hugetlb_free_vmemmap=on");
    }

    @Test
    void a_large_size_is_run_in_part_and_multiplied() {
        CommandRun run = CommandRun.of("hugetlb", "plan", "--size", "64G", "--kernel", "6.18", "--page", "1G");

        assertThat(run.status()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).contains("64 pages of 1G", "hugepagesz=1G hugepages=64", "The model ran with 1/2",
                "echo 64 > /sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages", "no help: pages of this size");
    }

    @Test
    void what_is_wrong_is_said_in_one_line() {
        assertThat(CommandRun.of("hugetlb", "plan").err()).contains("a recording or --size is needed");
        assertThat(CommandRun.of("hugetlb", "plan", "--size", "x").err()).contains("\"x\" is no size");
        assertThat(CommandRun.of("hugetlb", "plan", "--size", "1G", "--memory", "100K").err()).contains("at least 64M");
        CommandRun run = CommandRun.of("hugetlb", "plan", "--size", "1G", "--page", "4M");
        assertThat(run.err()).contains("the machine has huge pages of 2M and 1G");
        assertThat(run.status()).isEqualTo(ExitCode.USAGE);
    }
}
