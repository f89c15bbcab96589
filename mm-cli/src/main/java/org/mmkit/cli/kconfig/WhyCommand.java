package org.mmkit.cli.kconfig;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.mmkit.api.config.Reason;
import org.mmkit.cli.ExitCode;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.explain.Explainer;
import org.mmkit.kconfig.explain.Explanation;
import org.mmkit.kconfig.model.KconfigTree;
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

    @Spec
    private CommandSpec spec;

    @Mixin
    private TreeOptions options = new TreeOptions();

    @Parameters(arity = "1..*", paramLabel = "SYMBOL", description = "With or without CONFIG_.")
    private List<String> symbols = List.of();

    @Override
    public Integer call() throws IOException {
        KconfigTree tree = options.parse();
        ResolvedConfiguration configuration = options.configuration(tree).current();
        PrintWriter out = spec.commandLine().getOut();
        int status = ExitCode.DONE;
        for (String name : symbols) {
            Explanation why = new Explainer(configuration).explain(TreeOptions.bareName(name));
            print(out, why);
            if (why.reason().origin() == Reason.Origin.UNDEFINED) {
                out.print(TreeOptions.similar(tree, TreeOptions.bareName(name)));
                status = ExitCode.FAILED;
            }
        }
        return status;
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
