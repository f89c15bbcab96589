package org.mmkit.cli.kconfig;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.mmkit.cli.CommandException;
import org.mmkit.cli.ExitCode;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.MenuNode;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.Text;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mm kconfig search}: symbols by name, prompt or help text. */
@Command(
        name = "search",
        headerHeading = "Example: mm kconfig search 'huge ?page' --tree linux%n%n",
        header = "Find symbols by a regular expression over names and prompts.")
final class SearchCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private TreeOptions options = new TreeOptions();

    @Option(names = "--help-text", description = "Search help texts as well.")
    private boolean helpText;

    @Parameters(paramLabel = "REGEX", description = "Java syntax; case does not matter.")
    private String regex = "";

    @Override
    public Integer call() throws IOException {
        Pattern pattern;
        try {
            pattern = Pattern.compile(TreeOptions.bareName(regex), Pattern.CASE_INSENSITIVE);
        } catch (PatternSyntaxException e) {
            throw CommandException.badInput("not a regular expression: " + e.getDescription() + ": " + regex);
        }
        KconfigTree tree = options.parse();
        ResolvedConfiguration configuration = options.configuration(tree).current();
        PrintWriter out = spec.commandLine().getOut();
        // As the kernel's menu does: names that match as a whole come first, then by name.
        List<Symbol> found = tree.symbols().stream().filter(s -> s.isDefined() && !s.isChoice() && matches(pattern, s))
                .sorted(Comparator.comparing((Symbol s) -> !pattern.matcher(s.name()).matches()).thenComparing(Symbol::name))
                .toList();
        for (Symbol s : found) {
            MenuNode node = s.nodes().get(0);
            for (MenuNode n : s.nodes()) {
                if (n.prompt() != null) {
                    node = n;
                    break;
                }
            }
            Property prompt = node.prompt();
            out.printf("%s = %s (%s) %s%s%n", s.name(), Text.decode(configuration.values().value(s)), s.type().keyword(),
                    node.position(), prompt == null ? "" : ": " + Text.decode(prompt.text()));
        }
        return !found.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private boolean matches(Pattern pattern, Symbol s) {
        if (pattern.matcher(s.name()).find()) {
            return true;
        }
        for (MenuNode n : s.nodes()) {
            Property prompt = n.prompt();
            String help = n.help();
            if (prompt != null && pattern.matcher(Text.decode(prompt.text())).find()
                    || helpText && help != null && pattern.matcher(Text.decode(help)).find()) {
                return true;
            }
        }
        return false;
    }
}
