package org.mmkit.cli.kconfig;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.mmkit.api.config.Reason;
import org.mmkit.cli.CommandException;
import org.mmkit.cli.ExitCode;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.explain.Explainer;
import org.mmkit.kconfig.explain.Explanation;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.repair.RepairResult;
import org.mmkit.kconfig.repair.Repairer;
import org.mmkit.kconfig.repair.TreeRule;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mm kconfig why}: the value of a symbol and what decided it. */
@Command(
        name = "why",
        headerHeading = "Example: mm kconfig why HUGETLBFS --tree linux --config /proc/config.gz%n%n",
        header = "Say which value a symbol has, and why: down to your own settings.")
final class WhyCommand implements Callable<Integer> {

    private static final int SHOWN_TERMS = 12;
    private static final long TIMEOUT_MILLIS = 30_000;

    @Spec
    private CommandSpec spec;

    @Mixin
    private TreeOptions options = new TreeOptions();

    @Parameters(arity = "1..*", paramLabel = "SYMBOL[=VALUE]", description = "Symbols, with or without CONFIG_;"
            + " with a value, what keeps the symbol from having it, and what it would take.")
    private List<String> symbols = List.of();

    @Override
    public Integer call() throws IOException {
        KconfigTree tree = options.parse();
        ConfigurationEditor editor = options.configuration(tree);
        ResolvedConfiguration configuration = editor.current();
        PrintWriter out = spec.commandLine().getOut();
        int status = ExitCode.DONE;
        for (String question : symbols) {
            int equals = question.indexOf('=');
            String name = equals < 0 ? question : question.substring(0, equals);
            Explanation why = new Explainer(configuration).explain(TreeOptions.bareName(name));
            print(out, why);
            if (why.reason().origin() == Reason.Origin.UNDEFINED) {
                out.print(TreeOptions.similar(tree, TreeOptions.bareName(name)));
                out.flush();
                status = ExitCode.FAILED;
            } else if (equals >= 0) {
                whyNot(out, editor, TreeOptions.bareName(name), question.substring(equals + 1));
            }
        }
        return status;
    }

    /** Says what a value that the symbol has not would take. */
    private void whyNot(PrintWriter out, ConfigurationEditor editor, String symbol, String value) {
        if (editor.current().reason(symbol).value().equals(value)) {
            return;
        }
        RepairResult result;
        try {
            result = new Repairer(editor, TIMEOUT_MILLIS).find(Map.of(symbol, value), 1);
        } catch (IllegalArgumentException e) {
            throw CommandException.badInput(String.valueOf(e.getMessage()));
        }
        if (!result.repairs().isEmpty()) {
            out.printf("  %s=%s takes: %s%n", symbol, value, result.repairs().get(0).settings().stream()
                    .map(s -> s.symbol() + "=" + s.after()).collect(Collectors.joining(" ")));
        } else if (!result.contradiction().isEmpty()) {
            out.printf("  %s=%s is impossible:%n", symbol, value);
            result.contradiction().stream().filter(r -> r.kind() != TreeRule.Kind.WISH)
                    .forEach(r -> out.println("    " + r));
        }
    }

    private static void print(PrintWriter out, Explanation why) {
        out.println(why.reason().sentence());
        for (Explanation.Definition d : why.definitions()) {
            out.printf("  %s: %s%s%n", d.position(), why.type(), d.prompt().isEmpty() ? ", without a prompt"
                    : " \"" + d.prompt() + "\"");
        }
        print(out, "selected by", why.selectedBy());
        print(out, "implied by", why.impliedBy());
        if (!why.obstacles().isEmpty()) {
            out.printf("  to be y:%n");
            print(out, why.obstacles(), 2);
        }
    }

    private static void print(PrintWriter out, String title, List<Explanation.Term> terms) {
        List<Explanation.Term> on = terms.stream().filter(t -> t.level() != 'n').toList();
        List<Explanation.Term> off = terms.stream().filter(t -> t.level() == 'n').toList();
        for (Explanation.Term t : on) {
            out.printf("  %s (%c): %s%n", title, t.level(), t.expression());
        }
        for (Explanation.Term t : off.subList(0, Math.min(SHOWN_TERMS, off.size()))) {
            out.printf("  %s (n, no effect): %s%n", title, t.expression());
        }
        if (off.size() > SHOWN_TERMS) {
            out.printf("  … and %d more that have no effect%n", off.size() - SHOWN_TERMS);
        }
    }

    private static void print(PrintWriter out, List<Explanation.Obstacle> obstacles, int depth) {
        for (Explanation.Obstacle o : obstacles) {
            out.printf("%s%s%s%n", "  ".repeat(depth), o.sentence(), o.position().isEmpty() ? ""
                    : " (" + o.position() + ")");
            print(out, o.causes(), depth + 1);
        }
    }
}
