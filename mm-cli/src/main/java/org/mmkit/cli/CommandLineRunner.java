package org.mmkit.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mmkit.api.InvariantViolation;
import org.mmkit.cli.kconfig.KconfigCommand;
import org.mmkit.core.BootException;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Runs a command line and turns whatever happens into an exit status and at most a few lines of text.
 *
 * <p>No stack trace reaches the user unless {@code --debug} asks for it. Not thread-safe.
 */
final class CommandLineRunner {

    /** How the option parser refuses a word that is no pair. */
    private static final Pattern PAIR =
            Pattern.compile("Value for option (?:option '(--\\S+)'|positional.*) \\((\\S+)\\) should be in KEY=VALUE format but was (.*)");

    private final PrintStream out;
    private final PrintStream err;

    CommandLineRunner(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Runs {@code args} and returns the {@link ExitCode}. */
    int run(String... args) {
        List<String> words = Arrays.asList(args);
        boolean debug = words.contains("--debug");
        if (words.equals(List.of("--version")) || words.equals(List.of("-V"))) {
            out.println(VersionSource.line()); // without loading the option parser
            return ExitCode.DONE;
        }
        try {
            if (!words.isEmpty() && words.get(0).equals("conf")) {
                return ConfCommand.run(words.subList(1, words.size()));
            }
            return commandLine().execute(args);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            return report(e, debug);
        }
    }

    CommandLine commandLine() {
        CommandLine line = new CommandLine(new MmCommand());
        for (Object command : commands()) {
            line.addSubcommand(command);
        }
        Objects.requireNonNull(line.getSubcommands().get("record")).setStopAtPositional(true); // what follows belongs to the program
        line.getSubcommands().values().forEach(CommandLineRunner::addHelp);
        line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
        line.setParameterExceptionHandler(this::reportUsage);
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            command.getOut().flush();
            return report(e, parsed.originalArgs().contains("--debug"));
        });
        line.setUsageHelpAutoWidth(false);
        line.setUsageHelpWidth(110);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        return line;
    }

    // Once here rather than in each command, so that none can lack it.
    private static void addHelp(CommandLine command) {
        if (command.getCommandSpec().findOption("--help") == null) {
            command.getCommandSpec().addOption(OptionSpec.builder("-h", "--help")
                    .usageHelp(true)
                    .description("Show this help message and exit.")
                    .build());
        }
        command.getSubcommands().values().forEach(CommandLineRunner::addHelp);
    }

    /** The commands in the order in which help lists them. */
    private List<Object> commands() {
        return List.of(
                new ReplayCommand(),
                new HugetlbCommand(),
                new RecordCommand(),
                new RunCommand(),
                new VerifyCommand(),
                new GenerateCommand(),
                new BootCommand(),
                new PluginsCommand(),
                new WalkCommand(),
                new TablesCommand(),
                new ConfCommand(),
                new KconfigCommand());
    }

    private int reportUsage(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        err.println(command.getCommandSpec().qualifiedName() + ": " + describe(e));
        err.println("Try " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    private static String describe(ParameterException e) {
        if (e instanceof UnmatchedArgumentException) {
            String word = ((UnmatchedArgumentException) e).getUnmatched().get(0);
            if (!word.startsWith("-") && !e.getCommandLine().getSubcommands().isEmpty()) {
                return word + " is not a command; there are "
                        + String.join(", ", e.getCommandLine().getSubcommands().keySet());
            }
        }
        String message = String.valueOf(e.getMessage()).replace("is not an int", "is no number").replace("is not a long", "is no number");
        Matcher pair = PAIR.matcher(message);
        return pair.matches() ? (pair.group(1) == null ? "" : pair.group(1) + " ") + pair.group(3) + ": should be " + pair.group(2) : message;
    }

    private int report(Throwable thrown, boolean debug) {
        Throwable e = thrown instanceof UncheckedIOException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (debug) {
            e.printStackTrace(err);
        }
        if (e instanceof CommandException) {
            err.println("mm: " + e.getMessage());
            return ((CommandException) e).exitCode();
        }
        if (e instanceof BootException) {
            err.println("mm: " + e.getMessage());
            return ExitCode.USAGE;
        }
        if (e instanceof IOException) {
            err.println("mm: " + describe((IOException) e));
            return ExitCode.USAGE;
        }
        if (e instanceof OutOfMemoryError) {
            err.println("mm: the Java heap of " + (Runtime.getRuntime().maxMemory() >> 20)
                    + " MB is too small for this; give it more, for example MM_JAVA_OPTS=-Xmx8g");
            return ExitCode.USAGE;
        }
        if (e instanceof InvariantViolation) {
            err.println("mm: the model found its own state wrong; please report this: " + e.getMessage());
            return ExitCode.INTERNAL;
        }
        String message = e.getMessage() == null ? "" : ": " + e.getMessage().lines().findFirst().orElse("");
        err.println("mm: internal error: " + e.getClass().getSimpleName() + message
                + (debug ? "" : " (run again with --debug for the trace)"));
        return ExitCode.INTERNAL;
    }

    /** The JDK's file exceptions carry the bare path as their message. */
    static String describe(IOException e) {
        if (e instanceof NoSuchFileException) {
            Path folder = Path.of(((NoSuchFileException) e).getFile()).toAbsolutePath().getParent();
            return e.getMessage() + (folder == null || Files.isDirectory(folder) ? ": no such file" : ": there is no folder " + folder);
        }
        if (e instanceof AccessDeniedException) {
            return e.getMessage() + ": permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return e.getMessage() + ": already exists";
        }
        if (e instanceof FileNotFoundException || e.getMessage() != null) {
            return String.valueOf(e.getMessage());
        }
        return "input or output failed: " + e.getClass().getSimpleName();
    }
}
