package org.mmkit.scenario.syntax;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mmkit.scenario.syntax.Statement.Assignment;
import org.mmkit.scenario.syntax.Statement.Call;
import org.mmkit.scenario.syntax.Statement.Cat;
import org.mmkit.scenario.syntax.Statement.Child;
import org.mmkit.scenario.syntax.Statement.Echo;
import org.mmkit.scenario.syntax.Statement.Mount;
import org.mmkit.scenario.syntax.Statement.Parent;
import org.mmkit.scenario.syntax.Statement.Unmount;

/**
 * Parses scenarios. Names are checked against what is set on the lines before, in the process that runs the line.
 *
 * <p>One parser parses one scenario; not thread-safe.
 */
public final class ScenarioParser {

    private static final long LARGEST_FILE = 16 << 20;
    private static final int DEEPEST_BLOCK = 250;
    private static final String MOUNT_POINTS = "/mnt/";

    private final String file;
    private final List<String> lines;
    private final Deque<OpenBlock> blocks = new ArrayDeque<>();

    /** The variables of the process that runs the present line (last), its parent, and so on. */
    private final List<Set<String>> processes = new ArrayList<>(List.of(new HashSet<>()));

    /** Where the statements of the present block go. */
    private List<Statement> body = new ArrayList<>();

    private int line;

    private ScenarioParser(String file, List<String> lines) {
        this.file = file;
        this.lines = lines;
    }

    /** Parses the file {@code path}. */
    public static Scenario parse(Path path) throws IOException, ScenarioException {
        if (Files.size(path) > LARGEST_FILE) {
            throw new ScenarioException(path.toString(), 1, 0, "a file of more than 16 MB is not taken for a scenario");
        }
        return parse(path.toString(), new String(Files.readAllBytes(path), StandardCharsets.UTF_8));
    }

    /** Parses {@code text}; {@code file} is the name for messages. */
    public static Scenario parse(String file, String text) throws ScenarioException {
        List<String> lines = new ArrayList<>();
        for (int from = 0; from < text.length(); ) {
            int end = text.indexOf('\n', from);
            end = end < 0 ? text.length() : end;
            lines.add(text.substring(from, end));
            from = end + 1;
        }
        return new ScenarioParser(file, lines).parse();
    }

    private Scenario parse() throws ScenarioException {
        List<String> trimmed = new ArrayList<>(lines.size());
        for (String original : lines) {
            line++;
            String text = trim(original);
            trimmed.add(text);
            if (!text.isEmpty() && text.charAt(0) != '#') {
                parseLine(original, text);
            }
        }
        if (!blocks.isEmpty()) {
            throw new ScenarioException(file, blocks.peek().line, 0, "a block without its closing '}'");
        }
        return new Scenario(file, trimmed, body);
    }

    private void parseLine(String original, String text) throws ScenarioException {
        if (text.equals("child {")) {
            open(true);
        } else if (text.equals("parent {")) {
            open(false);
        } else if (text.equals("}")) {
            close();
        } else if (text.startsWith("echo ")) {
            body.add(echo(text));
        } else if (text.startsWith("cat ")) {
            body.add(new Cat(line, trim(text.substring(4))));
        } else if (text.startsWith("mount ")) {
            body.add(mount(text));
        } else if (text.startsWith("umount ")) {
            body.add(new Unmount(line, trim(text.substring(7))));
        } else {
            statement(new LineScanner(file, line, original, variables()));
        }
    }

    private Set<String> variables() {
        return processes.get(processes.size() - 1);
    }

    private void open(boolean child) throws ScenarioException {
        if (blocks.size() == DEEPEST_BLOCK) {
            throw new ScenarioException(file, line, 0, "blocks nested more than " + DEEPEST_BLOCK + " deep");
        }
        Set<String> left = Set.of();
        if (child) {
            processes.add(new HashSet<>(variables()));
        } else {
            if (processes.size() == 1) {
                throw new ScenarioException(file, line, 0, "parent { is for the inside of a child { } block");
            }
            left = processes.remove(processes.size() - 1);
        }
        blocks.push(new OpenBlock(line, child, body, left));
        body = new ArrayList<>();
    }

    private void close() throws ScenarioException {
        OpenBlock block = blocks.poll();
        if (block == null) {
            throw new ScenarioException(file, line, 0, "'}' closes no block; a block begins with child { or parent {");
        }
        List<Statement> inside = body;
        body = block.outer;
        if (block.child) {
            processes.remove(processes.size() - 1);
            body.add(new Child(block.line, line, inside));
        } else {
            processes.add(block.left);
            body.add(new Parent(block.line, line, inside));
        }
    }

    private Statement echo(String text) throws ScenarioException {
        int redirection = text.lastIndexOf('>');
        if (redirection < 0) {
            throw new ScenarioException(file, line, text.length(), "echo without '> PATH'");
        }
        String path = trim(text.substring(redirection + 1));
        if (path.isEmpty()) {
            throw new ScenarioException(file, line, 0, "echo to no file; write: echo TEXT > PATH");
        }
        String value = trim(text.substring(4, redirection));
        if (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")) {
            value = value.substring(1, value.length() - 1);
        }
        return new Echo(line, value, path);
    }

    private Statement mount(String text) throws ScenarioException {
        String type = "tmpfs";
        String options = "";
        List<String> plain = new ArrayList<>();
        StringTokenizer words = new StringTokenizer(text, " \t");
        words.nextToken();
        while (words.hasMoreTokens()) {
            String word = words.nextToken();
            if (word.equals("-t") || word.equals("-o")) {
                if (!words.hasMoreTokens()) {
                    throw new ScenarioException(file, line, 0, "nothing after " + word);
                }
                if (word.equals("-t")) {
                    type = words.nextToken();
                } else {
                    options = words.nextToken();
                }
            } else {
                plain.add(word);
            }
        }
        if (plain.isEmpty() || plain.size() > 2) {
            throw new ScenarioException(file, line, 0, "write: mount [-t TYPE] [-o OPTIONS] [SOURCE] DIRECTORY");
        }
        String directory = plain.get(plain.size() - 1);
        if (!directory.startsWith(MOUNT_POINTS)) {
            throw new ScenarioException(file, line, 0, "mount points live under " + MOUNT_POINTS + ", not at " + directory);
        }
        List<String> all = options.isEmpty() ? List.of() : List.of(options.split(","));
        List<String> passed = all.stream().filter(o -> !o.equals("remount") && !o.equals("ro")).collect(Collectors.toList());
        return new Mount(line, type, passed, all.contains("remount"), all.contains("ro"),
                plain.size() == 2 ? plain.get(0) : "none", directory);
    }

    private void statement(LineScanner scanner) throws ScenarioException {
        int start = scanner.position();
        String first = scanner.name();
        if (first.isEmpty()) {
            throw scanner.error(start, "expected a statement: NAME(…), NAME = …, echo, cat, mount, umount, child { or parent {");
        }
        Optional<String> target = Optional.empty();
        String name = first;
        if (scanner.accept('=')) {
            target = Optional.of(first);
            int value = scanner.position();
            name = scanner.name();
            boolean isCall = !name.isEmpty() && scanner.accept('(');
            scanner.moveTo(value);
            if (!isCall) {
                body.add(new Assignment(line, first, scanner.expression()));
                scanner.expectEnd();
                variables().add(first);
                return;
            }
            start = value;
        } else {
            scanner.moveTo(start);
        }
        body.add(call(scanner, target, start));
        scanner.expectEnd();
        target.ifPresent(variables()::add);
    }

    private Statement call(LineScanner scanner, Optional<String> target, int start) throws ScenarioException {
        scanner.moveTo(start);
        String name = scanner.name();
        Optional<Operation> found = Operation.of(name);
        if (found.isEmpty()) {
            throw scanner.error(start, "unknown operation '" + name + "'"
                    + Suggestion.among(Stream.of(Operation.values()).map(Operation::label).collect(Collectors.toList()), name));
        }
        Operation operation = found.get();
        List<String> words = new ArrayList<>();
        List<Expression> arguments = new ArrayList<>();
        scanner.expect('(', "after " + name);
        boolean more = !scanner.accept(')');
        while (more) {
            if (operation.takesWords()) {
                words.add(scanner.counter());
            } else if (operation.namesVariable() && words.isEmpty()) {
                words.add(variable(scanner));
            } else {
                int from = scanner.position();
                if (words.size() + arguments.size() == operation.most()) {
                    throw scanner.error(from, name + " takes at most " + operation.most() + " arguments");
                }
                Expression argument = scanner.expression();
                boolean text = operation.isText(words.size() + arguments.size());
                if (argument instanceof Expression.Literal && text != argument instanceof Expression.StringLiteral) {
                    throw scanner.error(from, text ? "expected a string in double quotes" : "expected a number, found a string");
                }
                arguments.add(argument);
            }
            more = scanner.accept(',');
            if (!more) {
                scanner.expect(')', "or ',' after an argument of " + name);
            }
        }
        if (words.size() + arguments.size() < operation.fewest()) {
            throw scanner.error(start, name + " takes at least " + operation.fewest()
                    + (operation.fewest() == 1 ? " argument" : " arguments"));
        }
        if (operation.namesVariable()) {
            variables().add(words.get(0));
        }
        return new Call(line, target, operation, words, arguments);
    }

    private static String variable(LineScanner scanner) throws ScenarioException {
        int from = scanner.position();
        String name = scanner.name();
        if (name.isEmpty()) {
            throw scanner.error(from, "expected the name that pin sets: pin(name, addr, len)");
        }
        return name;
    }

    private static String trim(String text) {
        int from = 0;
        int end = text.length();
        while (from < end && LineScanner.isBlank(text.charAt(from))) {
            from++;
        }
        while (end > from && LineScanner.isBlank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(from, end);
    }

    /** A block that is not closed yet. */
    private static final class OpenBlock {
        private final int line;
        private final boolean child;
        private final List<Statement> outer;
        private final Set<String> left;

        /** @param left for a parent block, the variables of the child that waits */
        OpenBlock(int line, boolean child, List<Statement> outer, Set<String> left) {
            this.line = line;
            this.child = child;
            this.outer = outer;
            this.left = left;
        }
    }
}
