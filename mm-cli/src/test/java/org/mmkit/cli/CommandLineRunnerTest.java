package org.mmkit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What a person sees of the command itself, whatever the subcommands do. */
class CommandLineRunnerTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void help_goes_to_standard_output_and_succeeds() {
        assertThat(run("--help")).isEqualTo(ExitCode.DONE);
        assertThat(text(out)).contains("Usage: mm", "Exit status: 0 done");
        assertThat(text(err)).isEmpty();
    }

    @Test
    void version_says_which_java_runs() {
        assertThat(run("--version")).isEqualTo(ExitCode.DONE);
        assertThat(text(out)).startsWith("mm ").contains("Java " + System.getProperty("java.version"));
    }

    @Test
    void no_command_and_an_unknown_one_are_wrong_usage_in_two_lines() {
        for (String[] args : new String[][] {{}, {"frobnicate"}, {"--frobnicate"}}) {
            err.reset();
            assertThat(run(args)).isEqualTo(ExitCode.USAGE);
            assertThat(text(err).lines()).hasSize(2).last().isEqualTo("Try mm --help");
        }
        assertThat(text(out)).isEmpty();
    }

    @Test
    void an_unknown_command_is_answered_with_those_that_exist() {
        run("frobnicate");

        assertThat(text(err)).startsWith("mm: frobnicate is not a command; there are ").contains("record");
    }

    @Test
    void every_command_shows_an_example_first_when_asked_for_help() {
        CommandLine commands = new CommandLineRunner(System.out, System.err).commandLine();

        List<CommandLine> all = new ArrayList<>(commands.getSubcommands().values());
        for (int i = 0; i < all.size(); i++) {
            all.addAll(all.get(i).getSubcommands().values());
            String[] words = all.get(i).getCommandSpec().qualifiedName().split(" ");
            if (!words[1].equals("conf")) { // whose help is the kernel tool's
                words = Arrays.copyOfRange(words, 1, words.length + 1);
                words[words.length - 1] = "--help";
                CommandRun help = CommandRun.of((Object[]) words);
                assertThat(help.status()).isEqualTo(ExitCode.DONE);
                assertThat(help.out()).startsWith("Example: ").contains("Usage: " + all.get(i).getCommandSpec().qualifiedName());
            }
        }
    }

    @Test
    void file_errors_say_what_is_wrong_with_the_file() {
        assertThat(CommandLineRunner.describe(new NoSuchFileException("a.gz"))).isEqualTo("a.gz: no such file");
        assertThat(CommandLineRunner.describe(new AccessDeniedException("a.gz"))).isEqualTo("a.gz: permission denied");
        assertThat(CommandLineRunner.describe(new IOException("a.gz:3: cut short"))).isEqualTo("a.gz:3: cut short");
        assertThat(CommandLineRunner.describe(new IOException())).isEqualTo("input or output failed: IOException");
    }

    private int run(String... args) {
        PrintStream o = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream e = new PrintStream(err, true, StandardCharsets.UTF_8);
        return new CommandLineRunner(o, e).run(args);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
