package org.mmkit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The menu in a real terminal: a pseudo-terminal that util-linux' script makes. */
class MenuconfigTerminalTest {

    @TempDir
    private Path directory;

    private Process process;
    private StringBuilder shown;

    /** Starts the menu on {@code kconfig} in a terminal whose size {@code stty} can change. */
    private void start(String kconfig, String locale) throws IOException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "needs util-linux' script");
        Files.writeString(directory.resolve("Kconfig"), kconfig);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder builder = new ProcessBuilder("/usr/bin/script", "-qefc", "tty > tty; stty rows 20 cols 70; exec "
                + java + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '" + System.getProperty("java.class.path")
                + "' org.mmkit.cli.Main kconfig menuconfig", "/dev/null").directory(directory.toFile())
                .redirectErrorStream(true);
        builder.environment().put("LC_ALL", locale);
        process = builder.start();
        shown = new StringBuilder();
        StringBuilder text = shown;
        Process started = process;
        Thread reader = new Thread(() -> {
            char[] buffer = new char[4096];
            // Bytes of one letter may come one by one.
            try (Reader input = new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8)) {
                for (int n = input.read(buffer); n > 0; n = input.read(buffer)) {
                    synchronized (text) {
                        text.append(buffer, 0, n);
                    }
                }
            } catch (IOException e) {
                synchronized (text) {
                    text.append(e.getMessage());
                }
            }
        });
        reader.setDaemon(true);
        reader.start();
    }

    private void type(String keys, String expected) throws IOException, InterruptedException {
        synchronized (shown) {
            shown.setLength(0);
        }
        process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        await(expected);
    }

    private void await(String text) throws InterruptedException {
        for (int i = 0; i < 600; i++) {
            synchronized (shown) {
                if (shown.indexOf(text) >= 0) {
                    return;
                }
            }
            Thread.sleep(100);
        }
        assertThat(shown.toString()).contains(text);
    }

    private void end(String keys) throws IOException, InterruptedException {
        process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    private static final String TREE = """
            mainmenu "Terminal"
            config A
            	bool "Entry a"
            	help
            	  What a does.
            menu "Höhe"
            config HIDDEN_ONE
            	bool "First hidden"
            	depends on A
            config OTHER
            	int "Größe"
            	default 7
            endmenu
            """;

    @Test
    void K02_the_menu_is_driven_through_a_pseudo_terminal_and_saves() throws IOException, InterruptedException {
        start(TREE, "C.UTF-8");
        await("[ ] Entry a");
        type("?", "What a does.");
        type("x", "[ ] Entry a");
        type(" ", "[*] Entry a");
        type("q", "Save changes?");
        end("y");
        assertThat(Files.readString(directory.resolve(".config"))).contains("CONFIG_A=y\n");
    }

    @Test
    void K04_a_search_by_regular_expression_jumps_to_a_hidden_symbol_and_says_why_it_is_hidden()
            throws IOException, InterruptedException {
        start(TREE, "C.UTF-8");
        await("Entry a");
        type("/^(hidden|oth)\r", "(2) (7) Größe");
        type("1", "HIDDEN_ONE is n because it depends on A (Kconfig:9), which is n");
        end("qq");
        assertThat(directory.resolve(".config")).doesNotExist();
    }

    @Test
    void K02_unsaved_changes_are_kept_or_dropped_as_the_answer_says() throws IOException, InterruptedException {
        start(TREE, "C.UTF-8");
        await("Entry a");
        type("y", "[*] Entry a");
        type("q", "Save changes?");
        type("x", "[changed]");
        type("q", "Save changes?");
        end("n");
        assertThat(directory.resolve(".config")).doesNotExist();
    }

    @Test
    void K02_the_menu_follows_the_size_of_the_terminal() throws IOException, InterruptedException {
        start(TREE, "C.UTF-8");
        await("Entry a");
        String tty = Files.readString(directory.resolve("tty")).strip();
        assertThat(new ProcessBuilder("stty", "-F", tty, "rows", "12", "cols", "40").start().waitFor()).isZero();
        // What is still on its way was drawn for the old size, so the menu is asked to draw itself again until it is narrow.
        int draws = 0;
        do {
            type("k", "Entry a");
        } while (widestLine() > 40 && ++draws < 100);

        assertThat(widestLine()).isBetween(10, 40);
        end("q");
    }

    private int widestLine() {
        synchronized (shown) {
            return shown.toString().lines().mapToInt(line -> line.replaceAll("\u001b\\[[0-9;]*[A-Za-z]", "").length()).max().orElse(0);
        }
    }

    @Test
    void K02_a_terminal_without_utf_8_is_shown_plain_letters() throws IOException, InterruptedException {
        start(TREE, "C");
        await("H?he");
        end("q");
    }
}
