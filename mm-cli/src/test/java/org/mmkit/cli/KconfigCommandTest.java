package org.mmkit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Questions about a configuration. */
class KconfigCommandTest {

    @TempDir
    private Path directory;

    private Path kconfig;

    @BeforeEach
    void writeKconfig() throws IOException {
        kconfig = Files.writeString(directory.resolve("Kconfig"), """
                config HUGETLBFS
                	bool "HugeTLB file system"

                config HUGETLB_PAGE
                	def_bool HUGETLBFS

                config FREE_VMEMMAP
                	bool "Free unused vmemmap"
                	depends on HUGETLB_PAGE
                """);
    }

    @Test
    void why_follows_an_unmet_term_to_the_symbol_that_can_be_set() {
        CommandRun run = CommandRun.of("kconfig", "why", "CONFIG_FREE_VMEMMAP", "--kconfig", kconfig);

        assertThat(run.status()).isEqualTo(ExitCode.DONE);
        assertThat(run.out().lines().findFirst()).hasValueSatisfying(
                l -> assertThat(l).startsWith("FREE_VMEMMAP is n because").contains("HUGETLB_PAGE"));
        assertThat(run.out()).contains("HUGETLBFS can be set").contains("Kconfig:7: bool \"Free unused vmemmap\"");
    }

    @Test
    void why_of_a_symbol_that_does_not_exist_fails() {
        CommandRun run = CommandRun.of("kconfig", "why", "NOPE", "--kconfig", kconfig);

        assertThat(run.status()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out()).isEqualTo("no Kconfig file defines NOPE" + System.lineSeparator());
        assertThat(CommandRun.of("kconfig", "why", "HUGETLBSF", "--kconfig", kconfig).out())
                .contains("similar: HUGETLBFS");
    }

    @Test
    void K04_why_not_a_value_says_what_it_takes_or_which_rules_forbid_it() throws IOException {
        Path file = Files.writeString(directory.resolve("Choice"), """
                config EXPERT
                	bool "expert"
                choice
                	prompt "model"
                config PLAIN
                	bool "plain"
                config REALTIME
                	bool "realtime"
                	depends on EXPERT
                config NEVER
                	bool "never"
                	depends on ELSEWHERE
                endchoice
                """);

        assertThat(CommandRun.of("kconfig", "why", "REALTIME=y", "--kconfig", file).out())
                .startsWith("REALTIME is n because it depends on EXPERT").contains("EXPERT can be set",
                        "REALTIME=y takes: EXPERT=y REALTIME=y");
        assertThat(CommandRun.of("kconfig", "why", "NEVER=y", "--kconfig", file).out())
                .contains("NEVER=y is impossible:", "no Kconfig file defines ELSEWHERE");
    }

    @Test
    void search_takes_a_regular_expression_and_puts_whole_names_first() {
        assertThat(CommandRun.of("kconfig", "search", "hugetlb_?page", "--kconfig", kconfig).out().lines())
                .singleElement().asString().startsWith("HUGETLB_PAGE = n (bool) ");
        assertThat(CommandRun.of("kconfig", "search", "(free_vmemmap)|fs$", "--kconfig", kconfig).out().lines())
                .extracting(l -> l.substring(0, l.indexOf(' '))).containsExactly("FREE_VMEMMAP", "HUGETLBFS");
    }

    @Test
    void set_shows_what_follows_and_writes_a_configuration_that_holds() throws IOException {
        Path config = directory.resolve(".config");

        CommandRun run = CommandRun.of("kconfig", "set", "FREE_VMEMMAP=y", "HUGETLBFS=y", "--kconfig", kconfig, "-o", config);

        assertThat(run.status()).isEqualTo(ExitCode.DONE);
        assertThat(run.out().lines()).containsExactly("HUGETLBFS: n -> y", "HUGETLB_PAGE: n -> y", "FREE_VMEMMAP: n -> y");
        assertThat(Files.readString(config)).contains("CONFIG_FREE_VMEMMAP=y");
        assertThat(CommandRun.of("kconfig", "why", "HUGETLBFS", "--kconfig", kconfig, "--config", config).out())
                .startsWith("HUGETLBFS is y because the configuration sets it");
    }

    @Test
    void K04_set_finds_the_fewest_settings_that_make_a_wish_come_true() throws IOException {
        Path config = directory.resolve(".config");

        CommandRun run = CommandRun.of("kconfig", "set", "FREE_VMEMMAP=y", "--kconfig", kconfig, "-o", config);

        assertThat(run.status()).isEqualTo(ExitCode.DONE);
        assertThat(run.out().lines()).containsExactly("1. set HUGETLBFS=y FREE_VMEMMAP=y", "   HUGETLBFS: n -> y",
                "   HUGETLB_PAGE: n -> y", "   FREE_VMEMMAP: n -> y");
        assertThat(Files.readString(config)).contains("CONFIG_FREE_VMEMMAP=y");
    }

    @Test
    void K04_set_of_what_holds_already_says_so() {
        CommandRun run = CommandRun.of("kconfig", "set", "FREE_VMEMMAP=n", "--kconfig", kconfig);

        assertThat(run.status()).isZero();
        assertThat(run.out().strip()).isEqualTo("nothing to change: FREE_VMEMMAP=n is so already");
    }

    @Test
    void K04_set_of_what_cannot_hold_says_so_and_writes_nothing() {
        Path config = directory.resolve(".config");

        CommandRun run = CommandRun.of("kconfig", "set", "FREE_VMEMMAP=y", "HUGETLB_PAGE=n", "--kconfig", kconfig,
                "-o", config);

        assertThat(run.status()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).startsWith("impossible: FREE_VMEMMAP=y and HUGETLB_PAGE=n").contains(
                "  FREE_VMEMMAP depends on HUGETLB_PAGE (").contains("Kconfig:9)");
        assertThat(config).doesNotExist();
    }

    @Test
    void K04_set_writes_only_on_request_and_can_be_told_what_must_stay() throws IOException {
        Path config = Files.writeString(directory.resolve("my.config"), "# CONFIG_HUGETLBFS is not set\n");

        CommandRun shown = CommandRun.of("kconfig", "set", "FREE_VMEMMAP=y", "--kconfig", kconfig, "--config", config);
        assertThat(shown.out()).contains("HUGETLBFS: n -> y");
        assertThat(Files.readString(config)).isEqualTo("# CONFIG_HUGETLBFS is not set\n");

        CommandRun kept = CommandRun.of("kconfig", "set", "FREE_VMEMMAP=y", "--keep", "HUGETLBFS", "--kconfig", kconfig,
                "--config", config, "--write");
        assertThat(kept.status()).isEqualTo(ExitCode.FAILED);
        assertThat(kept.err()).contains("HUGETLBFS stays n", "FREE_VMEMMAP depends on HUGETLB_PAGE",
                "HUGETLB_PAGE is by default HUGETLBFS");
        assertThat(Files.readString(config)).isEqualTo("# CONFIG_HUGETLBFS is not set\n");

        assertThat(CommandRun.of("kconfig", "set", "FREE_VMEMMAP=y", "--kconfig", kconfig, "--config", config, "--write")
                .status()).isEqualTo(ExitCode.DONE);
        assertThat(Files.readString(config)).contains("CONFIG_HUGETLBFS=y", "CONFIG_FREE_VMEMMAP=y");
    }

    @Test
    void H06_lint_reports_help_that_nobody_sees() throws IOException {
        Path file = Files.writeString(directory.resolve("Hidden"),
                "config HIDDEN\n\tdef_bool y\n\thelp\n\t  Never seen.\n");

        CommandRun run = CommandRun.of("kconfig", "lint", "--kconfig", file);

        assertThat(run.status()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out()).contains("Hidden:1:8: help-without-prompt: ");
    }

    @Test
    void K02_lint_gives_errors_of_the_parser_as_findings_too_and_rules_can_be_left_out() throws IOException {
        Path circle = Files.writeString(directory.resolve("Circle"), "config A\n\tbool\n\tdepends on A\n");
        Path hidden = Files.writeString(directory.resolve("Hidden"),
                "config HIDDEN\n\tdef_bool y\n\thelp\n\t  Never seen.\n");

        CommandRun run = CommandRun.of("kconfig", "lint", "--kconfig", circle);
        assertThat(run.status()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out()).contains("Circle:1: recursive-dependency: recursive dependency: A depends on A");
        assertThat(CommandRun.of("kconfig", "lint", "--kconfig", hidden, "--no-rule", "help-without-prompt").status())
                .isEqualTo(ExitCode.DONE);
        assertThat(CommandRun.of("kconfig", "lint", "--kconfig", hidden, "--rule", "no-such").err())
                .contains("no-such is not a rule; there are syntax-error, ");
    }

    @Test
    void bad_values_and_files_are_wrong_usage_in_one_line() throws IOException {
        Path broken = Files.writeString(directory.resolve("Broken"), "config A\n\tdepends A\n");

        for (CommandRun run : new CommandRun[] {
            CommandRun.of("kconfig", "set", "HUGETLBFS=maybe", "--kconfig", kconfig),
            CommandRun.of("kconfig", "why", "A", "--kconfig", directory.resolve("none")),
            CommandRun.of("kconfig", "why", "A", "--kconfig", broken),
            CommandRun.of("kconfig", "why", "HUGETLBFS", "--kconfig", kconfig, "--config", directory.resolve("none")),
            CommandRun.of("kconfig", "why", "HUGETLBFS", "--kconfig", kconfig, "--config", kconfig)
        }) {
            assertThat(run.status()).isEqualTo(ExitCode.USAGE);
            assertThat(run.err().lines().toList()).last().asString().startsWith("mm: ");
        }
        assertThat(CommandRun.of("kconfig", "why", "A", "--kconfig", broken).err()).contains("Broken:2");
    }
}
