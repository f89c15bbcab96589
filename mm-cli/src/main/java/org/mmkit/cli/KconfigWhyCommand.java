package org.mmkit.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.mmkit.api.config.Reason;
import org.mmkit.kconfig.explain.Explainer;
import org.mmkit.kconfig.explain.Explanation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mm kconfig why}: which rule gave a symbol its value, and what keeps it from a greater one. */
@Command(
        name = "why",
        headerHeading = "Example: mm kconfig why HUGETLB_PAGE --config /proc/config.gz%n%n",
        header = "Say why symbols have their values.")
final class KconfigWhyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private KconfigCommand.Input input;

    @Parameters(arity = "1..*", paramLabel = "SYMBOL", description = "A symbol, with or without CONFIG_.")
    private List<String> symbols = List.of();

    @Override
    public Integer call() throws IOException {
        Explainer explainer = new Explainer(input.open(spec).current());
        PrintWriter out = spec.commandLine().getOut();
        int code = ExitCode.DONE;
        for (String symbol : symbols) {
            Explanation explanation = explainer.explain(symbol.replaceFirst("^CONFIG_", ""));
            print(explanation, out);
            if (explanation.reason().origin() == Reason.Origin.UNDEFINED) {
                code = ExitCode.FAILED;
            }
        }
        return code;
    }

    private static void print(Explanation explanation, PrintWriter out) {
        Reason reason = explanation.reason();
        out.println(reason.sentence());
        for (Explanation.Definition definition : explanation.definitions()) {
            out.println("  " + definition.position() + ": " + explanation.type()
                    + (definition.prompt().isEmpty() ? ", without a prompt" : " \"" + definition.prompt() + "\""));
        }
        explanation.selectedBy().forEach(t -> out.println("  selected to " + t.level() + " by " + t.expression()));
        explanation.impliedBy().forEach(t -> out.println("  implied to " + t.level() + " by " + t.expression()));
        obstacles(explanation.obstacles(), "  ", out);
    }

    private static void obstacles(List<Explanation.Obstacle> obstacles, String indent, PrintWriter out) {
        for (Explanation.Obstacle obstacle : obstacles) {
            out.println(indent + "- " + obstacle.sentence()
                    + (obstacle.position().isEmpty() ? "" : " (" + obstacle.position() + ")"));
            obstacles(obstacle.causes(), indent + "  ", out);
        }
    }
}
