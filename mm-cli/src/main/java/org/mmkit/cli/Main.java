package org.mmkit.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Entry point of the command {@code mm}. */
public final class Main {

    private Main() {}

    /** Runs one command and exits with its {@link ExitCode}. */
    public static void main(String[] args) {
        PrintStream out = stream(FileDescriptor.out, false);
        PrintStream err = stream(FileDescriptor.err, true);
        int code = new CommandLineRunner(out, err).run(args);
        out.flush();
        err.flush();
        System.exit(out.checkError() && code == ExitCode.DONE ? ExitCode.FAILED : code);
    }

    // UTF-8 whatever the locale: a recording must be the same bytes everywhere.
    private static PrintStream stream(FileDescriptor descriptor, boolean flushEachLine) {
        return new PrintStream(new FileOutputStream(descriptor), flushEachLine, StandardCharsets.UTF_8) {
            @Override
            public void close() {
                flush(); // a command that closes its writer must not close the process's output
            }
        };
    }
}
