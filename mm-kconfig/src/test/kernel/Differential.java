import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mmkit.kconfig.conf.Conf;

/**
 * Runs a tree's own conf, written in C, and ours over the same cases and compares what they write. Ours runs in this JVM.
 *
 * <pre>java -cp CLASSES Differential.java NAME=VALUE ...</pre>
 *
 * <ul>
 * <li>{@code name}: what the report calls the tree
 * <li>{@code reference}: the C program
 * <li>{@code top}: the Kconfig file, below {@code srctree}
 * <li>{@code srctree}: the tree
 * <li>{@code defconfigs}: folder of minimal configurations, below the tree; {@code pattern}: a regular expression of their names
 * <li>{@code env}: more variables, NAME=VALUE separated by blanks
 * <li>{@code options}: {@code long}, or {@code short} for tools that know -n, -y, -m, -A, -D and -r only
 * <li>{@code level}: {@code bytes}, or {@code settings}: lines of symbols only
 * <li>{@code dialect}: {@code classic} unless given
 * <li>{@code linked}: run in a folder with links to the tree's, for tools that look nowhere else for patterns
 * <li>{@code seeds}: random configurations; {@code jobs}: runs at a time; {@code keep}: folder for outputs that differ
 * </ul>
 */
public final class Differential {

    private static final Map<String, String> SHORT = Map.of("--allnoconfig", "-n", "--allyesconfig", "-y",
            "--allmodconfig", "-m", "--alldefconfig", "-A", "--defconfig=", "-D", "--randconfig", "-r");

    private final Map<String, String> given = new LinkedHashMap<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Path srctree;
    private final Path work;

    private record Case(String mode, String label, List<String> arguments, byte[] config, String input,
            Map<String, String> variables, List<String> outputs) {
    }

    private record Result(int status, Map<String, byte[]> files, String out, String err) {
    }

    private Differential(String[] arguments) throws IOException {
        for (String a : arguments) {
            int equals = a.indexOf('=');
            given.put(a.substring(0, equals), a.substring(equals + 1));
        }
        srctree = Path.of(given.get("srctree")).toRealPath();
        work = Files.createTempDirectory("differential");
        environment.put("PATH", "/usr/bin:/bin");
        environment.put("LC_ALL", "C");
        environment.put("srctree", srctree.toString());
        environment.put("KCONFIG_DEFCONFIG_LIST", "");
        for (String pair : given.getOrDefault("env", "").split(" ")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                environment.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        System.exit(new Differential(arguments).run() ? 0 : 1);
    }

    private boolean run() throws IOException, InterruptedException, ExecutionException {
        ExecutorService pool = Executors.newFixedThreadPool(Integer.parseInt(given.getOrDefault("jobs", "2")));
        Map<String, int[]> counts = new TreeMap<>();
        List<String> differing = new ArrayList<>();
        List<Future<String>> results = new ArrayList<>();
        List<Case> cases = cases();
        for (Case c : cases) {
            results.add(pool.submit(() -> difference(c)));
        }
        for (int i = 0; i < cases.size(); i++) {
            Case c = cases.get(i);
            int[] count = counts.computeIfAbsent(c.mode, m -> new int[2]);
            String difference = results.get(i).get();
            count[1]++;
            if (difference.isEmpty()) {
                count[0]++;
            } else {
                differing.add(c.label + "\n" + difference.indent(4));
            }
        }
        pool.shutdown();
        delete(work);
        String name = given.get("name");
        int equal = counts.values().stream().mapToInt(c -> c[0]).sum();
        counts.forEach((mode, c) -> System.out.println("  " + mode + " " + c[0] + " of " + c[1]));
        System.out.println(name + ": " + equal + " of " + cases.size() + " equal (" + given.getOrDefault("level", "bytes") + ")");
        differing.stream().limit(Integer.parseInt(given.getOrDefault("show", "5"))).forEach(System.out::println);
        return differing.isEmpty() && equal > 0;
    }

    private List<Case> cases() throws IOException {
        boolean small = "short".equals(given.get("options"));
        List<Case> cases = new ArrayList<>();
        List<String> config = List.of(".config");
        for (String mode : List.of("allnoconfig", "allyesconfig", "allmodconfig", "alldefconfig")) {
            cases.add(new Case(mode, mode, List.of("--" + mode), null, "", Map.of(), config));
        }
        for (int seed = 1; seed <= Integer.parseInt(given.getOrDefault("seeds", "10")); seed++) {
            cases.add(new Case("randconfig", "randconfig " + seed, List.of("--randconfig"), null, "",
                    Map.of("KCONFIG_SEED", "" + seed), config));
        }
        String folder = given.get("defconfigs");
        List<Path> defconfigs = List.of();
        if (folder != null) {
            try (Stream<Path> files = Files.walk(srctree.resolve(folder))) {
                defconfigs = files.filter(Files::isRegularFile)
                        .filter(f -> f.getFileName().toString().matches(given.getOrDefault("pattern", ".*"))).sorted().toList();
            }
        }
        for (Path d : defconfigs) {
            String name = srctree.relativize(d).toString();
            cases.add(new Case("defconfig", "defconfig " + name, List.of("--defconfig=" + name), null, "", Map.of(), config));
            if (small) {
                continue;
            }
            byte[] content = Files.readAllBytes(d);
            for (String mode : List.of("olddefconfig", "oldconfig", "listnewconfig", "savedefconfig=saved")) {
                String bare = mode.replaceAll("=.*", "");
                if (!given.getOrDefault("modes", "olddefconfig oldconfig listnewconfig savedefconfig").contains(bare)) {
                    continue;
                }
                cases.add(new Case(bare, bare + " " + name, List.of("--" + mode), content, "\n".repeat(20_000), Map.of(),
                        List.of(bare.equals("savedefconfig") ? "saved" : bare.equals("listnewconfig") ? "out" : ".config")));
            }
        }
        return cases;
    }

    private String difference(Case c) {
        try {
            Result theirs = reference(c);
            Result ours = ours(c);
            StringBuilder out = new StringBuilder();
            if (theirs.status != ours.status) {
                out.append("exit ").append(theirs.status).append(" and ").append(ours.status).append('\n')
                        .append(first(theirs.err)).append(first(ours.err));
            }
            for (String file : c.outputs) {
                byte[] a = file.equals("out") ? theirs.out.getBytes(StandardCharsets.ISO_8859_1) : theirs.files.get(file);
                byte[] b = file.equals("out") ? ours.out.getBytes(StandardCharsets.ISO_8859_1) : ours.files.get(file);
                String x = text(a);
                String y = text(b);
                if (!x.equals(y)) {
                    out.append(file).append(": ").append(firstDifference(x, y)).append('\n');
                    keep(c, file, a, b);
                }
            }
            return out.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private void keep(Case c, String file, byte[] a, byte[] b) throws IOException {
        if (given.get("keep") != null) {
            Path folder = Files.createDirectories(Path.of(given.get("keep")));
            String name = (given.get("name") + " " + c.label + " " + file).replaceAll("[^A-Za-z0-9.]+", "_");
            Files.write(folder.resolve(name + ".reference"), a == null ? new byte[0] : a);
            Files.write(folder.resolve(name + ".ours"), b == null ? new byte[0] : b);
        }
    }

    private static String first(String text) {
        return text.lines().limit(3).map(l -> l + "\n").collect(Collectors.joining());
    }

    private String text(byte[] content) {
        if (content == null) {
            return "no file";
        }
        String text = new String(content, StandardCharsets.ISO_8859_1);
        switch (given.getOrDefault("level", "bytes")) {
            case "settings":
                return text.lines().filter(l -> l.matches("(# )?\\w+(=.*| is not set)")).map(l -> l + "\n").collect(Collectors.joining());
            default:
                return text;
        }
    }

    private static String firstDifference(String x, String y) {
        List<String> a = x.lines().toList();
        List<String> b = y.lines().toList();
        for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
            String l = i < a.size() ? a.get(i) : "(end)";
            String r = i < b.size() ? b.get(i) : "(end)";
            if (!l.equals(r)) {
                return "line " + (i + 1) + ": " + l + " | " + r;
            }
        }
        return "line ends";
    }

    private Path prepare(Case c) throws IOException {
        Path directory = Files.createTempDirectory(work, "run");
        if (given.containsKey("linked")) {
            try (Stream<Path> top = Files.list(srctree)) {
                for (Path p : top.toList()) {
                    Files.createSymbolicLink(directory.resolve(p.getFileName()), p);
                }
            }
        }
        if (c.config != null) {
            Files.write(directory.resolve(".config"), c.config);
        }
        return directory;
    }

    private Map<String, String> variables(Case c) {
        Map<String, String> all = new LinkedHashMap<>(environment);
        all.putAll(c.variables);
        return all;
    }

    private Result reference(Case c) throws IOException, InterruptedException {
        Path directory = prepare(c);
        List<String> command = new ArrayList<>(List.of(given.get("reference")));
        if ("short".equals(given.get("options"))) {
            for (String a : c.arguments) {
                int equals = a.indexOf('=') + 1;
                command.add(SHORT.getOrDefault(equals > 0 ? a.substring(0, equals) : a, a));
                if (equals > 0) {
                    command.add(srctree.resolve(a.substring(equals)).toString());
                }
            }
        } else {
            command.addAll(c.arguments);
        }
        command.add(given.get("top"));
        Path in = Files.writeString(directory.resolve(".input"), c.input);
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(variables(c));
        File out = directory.resolve(".stdout").toFile();
        File err = directory.resolve(".stderr").toFile();
        Process process = builder.redirectInput(in.toFile()).redirectOutput(out).redirectError(err).start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        return result(directory, c, process.exitValue(), Files.readString(out.toPath(), StandardCharsets.ISO_8859_1),
                Files.readString(err.toPath(), StandardCharsets.ISO_8859_1));
    }

    private Result ours(Case c) throws IOException {
        Path directory = prepare(c);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Map<String, String> variables = variables(c);
        variables.put("MM_PROBE_CACHE", work.resolve("probes").toString());
        variables.put("MM_KCONFIG_DIALECT", given.getOrDefault("dialect", "classic"));
        List<String> command = new ArrayList<>(c.arguments);
        command.add(given.get("top"));
        int status = Conf.run(command.toArray(new String[0]), variables, directory,
                new ByteArrayInputStream(c.input.getBytes(StandardCharsets.ISO_8859_1)), print(out), print(err));
        return result(directory, c, status, out.toString(StandardCharsets.ISO_8859_1), err.toString(StandardCharsets.ISO_8859_1));
    }

    private static PrintStream print(OutputStream out) {
        return new PrintStream(out, true, StandardCharsets.ISO_8859_1);
    }

    private static Result result(Path directory, Case c, int status, String out, String err) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String file : c.outputs) {
            Path path = directory.resolve(file);
            if (Files.exists(path)) {
                files.put(file, Files.readAllBytes(path));
            }
        }
        delete(directory);
        return new Result(status, files, out, err);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path p : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(p);
            }
        }
    }
}
