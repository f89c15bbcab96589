package org.mmkit.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the launcher runs once after a build so that the JVM learns which classes short commands load; the archive made
 * from it saves later commands reading and checking them. Prints nothing and leaves nothing behind.
 */
final class StartUpTraining {

    private StartUpTraining() {}

    /** Runs a few short commands. */
    public static void main(String[] args) throws IOException {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        PrintStream out = System.out;
        System.setOut(nowhere);
        Path directory = Files.createTempDirectory("mm-training");
        Path kconfig = directory.resolve("Kconfig");
        try {
            Files.writeString(kconfig, String.join("\n",
                    "config A", "\tbool \"a\"", "\tdefault y", "\thelp", "\t  Some text.",
                    "if A", "config B", "\tint \"b\"", "\trange 1 9", "\tdefault 3 if A || !(C = \"c\")", "endif",
                    "config C", "\tstring", "\tdefault \"$(shell,true)\"", ""));
            for (String[] command : new String[][] {
                {"--help"}, {"replay", "--help"}, {"plugins"}, {"conf", "--listnewconfig", kconfig.toString()}
            }) {
                new CommandLineRunner(nowhere, nowhere).run(command);
            }
        } finally {
            Files.delete(kconfig);
            Files.delete(directory);
            System.setOut(out);
        }
    }
}
