package org.mmkit.cli.kconfig;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.mmkit.cli.ExitCode;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.export.FormulaFormats;
import org.mmkit.kconfig.export.TreeJson;
import org.mmkit.kconfig.repair.FormulaExport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mm kconfig export}: a tree for solvers and scripts. */
@Command(
        name = "export",
        headerHeading = "Example: mm kconfig export --format dimacs -o linux.cnf --tree linux%n%n",
        header = "Write a tree as a formula for solvers, or its symbols as JSON.")
final class ExportCommand implements Callable<Integer> {

    private enum Format { json, dimacs, smtlib }

    @Spec
    private CommandSpec spec;

    @Mixin
    private TreeOptions options = new TreeOptions();

    @Option(names = "--format", description = "One of ${COMPLETION-CANDIDATES}.")
    private Format format = Format.json;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "Where it goes; standard output if not given.")
    private Optional<Path> output = Optional.empty();

    @Override
    public Integer call() throws IOException {
        ResolvedConfiguration configuration = options.configuration(options.parse()).current();
        if (output.isPresent()) {
            try (Writer out = Files.newBufferedWriter(output.get(), StandardCharsets.UTF_8)) {
                write(configuration, out);
            }
        } else {
            Writer out = new BufferedWriter(spec.commandLine().getOut());
            write(configuration, out);
            out.flush();
        }
        return ExitCode.DONE;
    }

    private void write(ResolvedConfiguration configuration, Writer out) throws IOException {
        switch (format) {
            case dimacs -> FormulaFormats.dimacs(FormulaExport.of(configuration), out);
            case smtlib -> FormulaFormats.smtLib(FormulaExport.of(configuration), out);
            default -> TreeJson.write(configuration, out);
        }
    }
}
