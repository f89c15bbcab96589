package org.mmkit.kconfig.macro;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.parser.KconfigParser;
import org.mmkit.kconfig.parser.SourceFiles;

class ShellTest {

    @TempDir
    private Path directory;

    private Path log;
    private Map<String, String> environment = Map.of();

    @BeforeEach
    void makeTool() throws IOException {
        log = directory.resolve("log");
        tool("echo \"answer $1\"");
        environment = Map.of("PATH", directory + ":/usr/bin:/bin");
    }

    private void tool(String body) throws IOException {
        Path tool = Files.writeString(directory.resolve("probe-cc"), "#!/bin/sh\necho \"$1\" >> " + log + "\n" + body + "\n");
        assertThat(tool.toFile().setExecutable(true)).isTrue();
    }

    private ProcessShell shell() {
        return new ProcessShell(environment, directory, null);
    }

    private KconfigTree parse(ProbeCache cache, List<String> errors, String text) throws IOException {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        SourceFiles files = name -> content;
        try (RunAheadShell ahead = new RunAheadShell(shell(), cache, a -> {
            Thread t = new Thread(() -> new KconfigParser(files, environment, a.scout(), d -> { }).scout("Kconfig"));
            t.setDaemon(true);
            t.start();
        }, errors::add)) {
            return new KconfigParser(files, environment, ahead, d -> { }).parse("Kconfig");
        }
    }

    private ProbeCache cache() {
        return new ProbeCache(directory.resolve("cache"), environment, directory);
    }

    private static String answers(KconfigTree tree) {
        StringBuilder out = new StringBuilder();
        tree.symbols().stream().filter(s -> s.isDefined()).forEach(s -> out.append(s.name()).append('=')
                .append(s.properties().get(0).value()).append(' '));
        return out.toString();
    }

    private static final String TEXT = """
            first := $(shell,probe-cc one)
            config A
            	string
            	default "$(first)"
            config B
            	string
            	default "$(shell,probe-cc '$(first)')"
            config C
            	string
            	default "$(shell,probe-cc three)"
            """;

    @Test
    void K02_commands_run_ahead_run_once_and_may_depend_on_each_other() throws IOException {
        KconfigTree tree = parse(cache(), new ArrayList<>(), TEXT);

        assertThat(answers(tree)).isEqualTo("A=answer one B=answer answer one C=answer three ");
        assertThat(Files.readAllLines(log)).containsExactlyInAnyOrder("one", "answer one", "three");
    }

    @Test
    void K02_a_second_run_asks_no_tool_until_the_tool_changes() throws IOException {
        parse(cache(), new ArrayList<>(), TEXT);
        Files.delete(log);

        assertThat(answers(parse(cache(), new ArrayList<>(), TEXT))).isEqualTo(
                "A=answer one B=answer answer one C=answer three ");
        assertThat(log).doesNotExist();

        tool("echo \"other $1\"");
        assertThat(answers(parse(cache(), new ArrayList<>(), TEXT))).isEqualTo(
                "A=other one B=other other one C=other three ");
    }

    @Test
    void K02_error_output_is_passed_on_and_such_an_answer_is_not_kept() throws IOException {
        tool("echo \"warned $1\" >&2; echo y");
        for (int run = 0; run < 2; run++) {
            List<String> errors = new ArrayList<>();
            parse(cache(), errors, "config A\n\tdef_bool $(shell,probe-cc x)\n");
            assertThat(errors).containsExactly("warned x\n");
        }
    }

    @Test
    void K02_much_error_output_blocks_nothing() throws IOException {
        ShellAnswer answer = shell().runCapturing("yes e | head -n 200000 >&2; echo done");
        assertThat(answer.output()).isEqualTo("done\n");
        assertThat(answer.errors()).hasSize(400_000);
    }

    @Test
    void K02_only_probes_of_tools_are_kept() {
        ProbeCache cache = cache();
        assertThat(cache.key("probe-cc -c -x c /dev/null")).isNotNull();
        assertThat(cache.key("test -e /usr/include && echo y || echo n")).isNull();
        assertThat(cache.key("probe-cc $(date)")).isNull();
        assertThat(cache.key("echo y")).isNull();
    }
}
