package org.mmkit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mmkit.core.Machine;
import org.mmkit.core.MachineBuilder;

/** A machine that lines are typed to. */
class BootCommandTest {

    private static final String MAP = "a = mmap(NULL, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)";
    private static final String ENABLED = "/sys/kernel/mm/transparent_hugepage/enabled";

    @TempDir
    private Path root;

    @Test
    void lines_run_one_after_the_other_on_one_machine() {
        CommandRun run = boot(MAP, "madvise(a, 4M, MADV_HUGEPAGE)", "store(a, 4M)", "pagemap(a, 4M)", "cat /proc/self/maps");

        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isEqualTo(ExitCode.DONE);
        assertThat(run.out().lines()).startsWith("= addr", "= 0", "faults=2").anyMatch(l -> l.strip().equals("1024  pmd anon o9"));
        assertThat(run.out()).contains("rw-p");
    }

    @Test
    void a_setting_without_effect_is_said_with_its_reason() {
        CommandRun run = CommandRun.of("boot", "--arch", "x86_64", "--memory", "256M", "--set", "ARM64_64K_PAGES=y", "id");

        assertThat(run.status()).isEqualTo(ExitCode.DONE);
        assertThat(run.err().lines()).hasSize(1).allMatch(line -> line.startsWith("mm: ARM64_64K_PAGES=y does not take effect: ")
                && line.contains("depends on ARM64"));
        assertThat(CommandRun.of("boot", "--arch", "x86_64", "--memory", "256M", "--set", "SMP=n", "--set", "X86_5LEVEL=y", "id").err()).isEmpty();
    }

    @Test
    void the_symbol_of_another_architecture_is_refused() {
        CommandRun run = CommandRun.of("boot", "--arch", "x86_64", "--memory", "256M", "--set", "ARM64=y", "id");

        assertThat(run.status()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("ARM64=y", "choose another one by its name, arm64");
    }

    @Test
    void a_frame_that_does_not_exist_has_no_explanation() {
        for (String line : new String[] {"explain", "explain 5", "explain 0x123456789abc"}) {
            CommandRun run = boot(line);

            assertThat(run.status()).as(line).isEqualTo(ExitCode.USAGE);
            assertThat(run.err().lines()).as(line).hasSize(1).allMatch(text -> text.contains("frame"));
        }
    }

    @Test
    void H07_the_lines_can_run_as_another_user_with_a_limit() {
        CommandRun run = boot("ulimit -l", "ulimit -l 64", "setpriv --reuid=1000 --regid=1000 --groups=27", "id", MAP, "mlock(a, 68K)",
                "echo 5 > /proc/sys/vm/nr_hugepages", "mkdir /sys/fs/cgroup/g", "ulimit -l 128", "ulimit -l 0", "mlock(a, 4K)",
                "mount -t hugetlbfs none /mnt/x");

        assertThat(run.out().lines()).containsExactly("8192", "= 0", "= 0", "uid=1000 gid=1000 groups=1000,27 caps=none", "= addr", "-1 ENOMEM",
                "-1 EACCES", "= -1 EACCES", "= -1 EPERM", "= 0", "-1 EPERM", "-1 EPERM");
        assertThat(boot("setpriv --caps=-ipc_lock", "setpriv --reuid=x").err()).contains("setpriv --reuid=x: a number is wanted");
        assertThat(boot("ulimit -n").err()).contains("RLIMIT_MEMLOCK");
    }

    @Test
    void a_block_runs_when_it_is_closed_and_may_use_what_was_set_before() {
        CommandRun run = boot(MAP, "child {", "store(a)", "}", "store(a)");

        assertThat(run.out().lines()).containsExactly("= addr", "faults=1", "exit=0", "faults=1");
    }

    @Test
    void T05_T06_T07_T08_T09_the_commands_of_the_document_work_verbatim() {
        String thp = "/sys/kernel/mm/transparent_hugepage/";
        List<String> lines = """
                echo always >%1$senabled
                echo never >%1$senabled
                echo madvise >%1$senabled
                cat %1$senabled
                echo always >%1$sdefrag
                echo defer >%1$sdefrag
                echo madvise >%1$sdefrag
                echo never >%1$sdefrag
                echo defer+madvise >%1$sdefrag
                cat %1$sdefrag
                echo 0 >%1$suse_zero_page
                echo 1 >%1$suse_zero_page
                cat %1$shpage_pmd_size
                echo 0 >%1$skhugepaged/defrag
                echo 1 >%1$skhugepaged/defrag
                cat %1$skhugepaged/pages_to_scan
                cat %1$skhugepaged/scan_sleep_millisecs
                cat %1$skhugepaged/alloc_sleep_millisecs
                cat %1$skhugepaged/pages_collapsed
                cat %1$skhugepaged/max_ptes_none
                cat %1$skhugepaged/max_ptes_swap
                """.formatted(thp).lines().toList();

        CommandRun run = boot(lines.toArray(String[]::new));

        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines()).containsExactly("= 0", "= 0", "= 0", "always [madvise] never", "= 0", "= 0", "= 0", "= 0", "= 0",
                "always defer [defer+madvise] madvise never", "= 0", "= 0", "2097152", "= 0", "= 0", "4096", "10000", "60000", "0",
                "511", "64");
    }

    @Test
    void T13_huge_mappings_of_files_have_the_documents_name_in_4_12_and_todays_name_today() {
        String[] lines = {
            "echo always > /sys/kernel/mm/transparent_hugepage/shmem_enabled",
            "f = memfd_create(\"m\", 0)", "ftruncate(f, 4M)",
            "a = mmap(NULL, 4M, PROT_READ|PROT_WRITE, MAP_SHARED, f, 0)", "store(a, 4M)", "cat /proc/self/smaps", "cat /proc/meminfo"
        };

        assertThat(boot("4.12", lines).out()).contains("FileHugeMapped:     4096 kB").doesNotContain("FilePmdMapped:      4096");
        assertThat(boot("6.18", lines).out())
                .doesNotContain("FileHugeMapped")
                .containsPattern("\nShmemPmdMapped: +4096 kB\nFilePmdMapped: +0 kB")
                .containsPattern("\nAnonHugePages: +0 kB\nShmemHugePages: +4096 kB\nShmemPmdMapped: +4096 kB\n");
    }

    private static CommandRun boot(String kernel, String[] lines) {
        List<String> args = new ArrayList<>(List.of("boot", "--kernel", kernel));
        args.addAll(List.of(lines));
        return CommandRun.of(args.toArray());
    }

    @Test
    void K03_a_compressed_configuration_boots_and_what_is_unknown_is_counted_and_named() throws IOException {
        Path config = root.resolve("config.gz");
        try (OutputStream gz = new GZIPOutputStream(Files.newOutputStream(config))) {
            gz.write(("CONFIG_X86_64=y\nCONFIG_TRANSPARENT_HUGEPAGE=y\nCONFIG_TRANSPARENT_HUGEPAGE_NEVER=y\nCONFIG_NET=y\n"
                    + "CONFIG_EXT4_FS=m\nCONFIG_SYSFS=y\n# CONFIG_KSM is not set\n").getBytes(StandardCharsets.UTF_8));
        }

        CommandRun run = CommandRun.of("boot", "--config", config.toString(), "cat " + ENABLED);

        assertThat(run.status()).isEqualTo(ExitCode.DONE);
        assertThat(run.out().lines()).containsExactly("always madvise [never]");
        assertThat(run.err()).contains("3 symbols of the configuration are not modelled: NET, EXT4_FS, KSM");
    }

    @Test
    void a_configuration_that_is_none_is_refused_in_one_line() throws IOException {
        Path binary = root.resolve("vmlinux");
        Files.write(binary, new byte[] {0x7f, 'E', 'L', 'F', 0, 0, 0, 1});

        CommandRun run = CommandRun.of("boot", "--config", binary.toString(), "cat " + ENABLED);

        assertThat(run.status()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err().lines()).singleElement().asString().contains(binary.toString());
        assertThat(CommandRun.of("boot", "--config", root.resolve("none").toString()).status()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void files_of_proc_and_sys_are_read_listed_and_written() {
        CommandRun run = boot("echo always > " + ENABLED, "cat " + ENABLED, "ls /sys/kernel/mm");

        assertThat(run.out().lines()).contains("[always] madvise never", "transparent_hugepage");
    }

    @Test
    void the_options_decide_what_is_booted() {
        CommandRun run = CommandRun.of("boot", "--arch", "x86_64", "--memory", "1G", "--cmdline",
                "transparent_hugepage=always no_such_parameter=1", "cat " + ENABLED, "cat /proc/meminfo");

        assertThat(run.out()).contains("[always] madvise never").containsPattern("MemTotal: +(9\\d{5}|10\\d{5}) kB");
        assertThat(run.err()).contains("no_such_parameter");
    }

    @Test
    void a_line_that_is_not_understood_ends_the_run_with_its_place() {
        CommandRun run = boot(MAP, "frobnicate(a)", "store(a)");

        assertThat(run.status()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("2:1").contains("frobnicate");
        assertThat(run.out().lines()).containsExactly("= addr");
        assertThat(boot("cat /no/such").err()).contains("/no/such");
        assertThat(boot("child {").err()).contains("close it with }");
    }

    @Test
    void a_model_of_a_host_has_its_memory_and_its_settings() throws IOException {
        put("/proc/meminfo", "MemTotal:        2097152 kB\nMemFree: 1 kB\n");
        put("/proc/sys/kernel/osrelease", "6.18.0\n");
        put(ENABLED, "always madvise [never]\n");
        put("/sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none", "100\n");
        put("/sys/kernel/mm/transparent_hugepage/not_in_the_model", "1\n");
        HostSettings host = new HostSettings(root);

        MachineBuilder builder = Machine.builder().arch("x86_64");
        host.describe(builder);
        Machine machine = builder.build();

        assertThat(host.apply(machine)).isEmpty();
        assertThat(machine.read(ENABLED)).isEqualTo("always madvise [never]\n");
        assertThat(machine.read("/sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none")).isEqualTo("100\n");
        assertThat(machine.memory().allocator().managedPages()).isBetween(500_000L, 2L << 18);
    }

    private void put(String path, String text) throws IOException {
        Path file = root.resolve(path.substring(1));
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static CommandRun boot(String... lines) {
        Object[] words = new Object[lines.length + 3];
        words[0] = "boot";
        words[1] = "--arch";
        words[2] = "x86_64";
        System.arraycopy(lines, 0, words, 3, lines.length);
        return CommandRun.of(words);
    }
}
