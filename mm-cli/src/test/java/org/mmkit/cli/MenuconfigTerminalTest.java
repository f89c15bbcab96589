package org.mmkit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
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

    @Test
    void K02_the_menu_is_driven_through_a_pseudo_terminal_and_saves() throws IOException, InterruptedException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "needs util-linux' script");
        Files.writeString(directory.resolve("Kconfig"), "mainmenu \"Terminal\"\nconfig A\n\tbool \"Entry a\"\n");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder("/usr/bin/script", "-qefc", java + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '"
                + System.getProperty("java.class.path") + "' org.mmkit.cli.Main kconfig menuconfig", "/dev/null")
                .directory(directory.toFile()).redirectErrorStream(true).start();
        StringBuilder shown = new StringBuilder();
        Thread reader = new Thread(() -> {
            byte[] buffer = new byte[4096];
            try {
                for (int n = process.getInputStream().read(buffer); n > 0; n = process.getInputStream().read(buffer)) {
                    synchronized (shown) {
                        shown.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
                    }
                }
            } catch (IOException e) {
                synchronized (shown) {
                    shown.append(e.getMessage());
                }
            }
        });
        reader.start();
        OutputStream keys = process.getOutputStream();
        await(shown, "[ ] Entry a");
        send(keys, " ");
        await(shown, "[*] Entry a");
        send(keys, "q");
        await(shown, "Save changes?");
        send(keys, "y");

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        reader.join();
        assertThat(process.exitValue()).isZero();
        assertThat(Files.readString(directory.resolve(".config"))).contains("CONFIG_A=y\n");
    }

    private static void send(OutputStream keys, String text) throws IOException {
        keys.write(text.getBytes(StandardCharsets.UTF_8));
        keys.flush();
    }

    private static void await(StringBuilder shown, String text) throws InterruptedException {
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
}
