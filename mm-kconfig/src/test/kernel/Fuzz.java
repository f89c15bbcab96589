import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.mmkit.kconfig.conf.Conf;

/**
 * Runs the kernel's conf, written in C, and ours over damaged pieces of real Kconfig files and compares everything: exit
 * status, both outputs, and every file. Cases where the reference crashes or does not end are counted apart: there ours
 * must end, without a stack trace.
 *
 * <p>For another dialect than {@code linux} the inputs are sound files full of choices instead.
 *
 * <pre>java -cp CLASSES Fuzz.java REFERENCE TREE CASES [FIRST-SEED [KEEP-DIRECTORY [DIALECT]]]</pre>
 */
public final class Fuzz {

    private static final String[] MODES = {"--allnoconfig", "--allyesconfig", "--allmodconfig", "--alldefconfig",
        "--randconfig", "--olddefconfig", "--oldconfig", "--oldaskconfig", "--listnewconfig", "--helpnewconfig",
        "--savedefconfig=saved", "--syncconfig", "--yes2modconfig", "--mod2yesconfig", "--mod2noconfig",
        "--defconfig=seed", "--oldconfig", "--oldaskconfig"};
    private static final String[] ANSWERS = {"", "", "", "y", "n", "m", "?", "Y", "no", "yes", "1", "2", "0x10", "-1", "07",
        "abc", "\"q\"", "3?", " y ", "99999999999999999999", "M"};
    private static final String[] WORDS = {"bool", "tristate", "int", "hex", "string", "depends on", "default", "select",
        "imply", "range 1 10", "range 0x1 0xff", "if", "endif", "endmenu", "choice", "endchoice", "menu \"m\"", "&&", "||",
        "!", "=", "!=", "<", ">=", "(", ")", "y", "n", "m", "\"", "'", "\\", "$", "$(", "$(shell,echo x)", "$(info,i)",
        "$(warning-if,y,w)", "$(lineno)", "$(filename)", "#", "help", "\t", "visible if", "def_bool y", "comment \"c\"",
        "modules", "prompt \"p\"", "mainmenu \"t\"", "source \"Kconfig\"", "source \"none\"", ":=", "+=", "X = a b", "\u00e9",
        "FOO", "BAR", "0x1f", "-3", "010", "optional", "if y", "menuconfig FOO", "config BAR", "---help---"};

    private final Path tree;
    private final String reference;
    private final String dialect;
    private final Path work;
    private final List<Path> corpus = new ArrayList<>();

    private record Outcome(boolean ended, int status, String out, String err, Map<String, String> files) {
    }

    private Fuzz(String reference, Path tree, String dialect) throws IOException {
        this.reference = reference;
        this.tree = tree;
        this.dialect = dialect;
        this.work = Files.createTempDirectory("fuzz");
        try (Stream<Path> files = Files.walk(tree)) {
            files.filter(f -> f.getFileName().toString().startsWith("Kconfig") && Files.isRegularFile(f)).sorted()
                    .forEach(corpus::add);
        }
    }

    public static void main(String[] a) throws Exception {
        int cases = Integer.parseInt(a[2]);
        long first = a.length > 3 ? Long.parseLong(a[3]) : 1;
        Path keep = a.length > 4 ? Files.createDirectories(Path.of(a[4])) : null;
        Fuzz fuzz = new Fuzz(a[0], Path.of(a[1]), a.length > 5 ? a[5] : "linux");
        int equal = 0;
        int refused = 0;
        List<String> differing = new ArrayList<>();
        for (long seed = first; seed < first + cases; seed++) {
            String result = fuzz.one(seed, keep);
            if (result == null) {
                refused++;
            } else if (result.isEmpty()) {
                equal++;
            } else {
                differing.add("seed " + seed + ": " + result);
            }
        }
        System.out.println(equal + " of " + (cases - refused) + " damaged inputs treated alike; in " + refused
                + " more the reference crashed or did not end");
        differing.stream().limit(20).forEach(System.out::println);
        System.exit(differing.isEmpty() ? 0 : 1);
    }

    /** Empty when both behave alike, null when there is nothing to compare with, else the first difference. */
    private String one(long seed, Path keep) throws IOException, InterruptedException {
        Random random = new Random(seed * 7919);
        byte[] kconfig = kconfig(random).getBytes(StandardCharsets.ISO_8859_1);
        String text = new String(kconfig, StandardCharsets.ISO_8859_1);
        String config = random.nextInt(3) == 0 ? null : config(random, text);
        String mode = MODES[random.nextInt(MODES.length)];
        Map<String, String> env = variables(random);
        StringBuilder input = new StringBuilder();
        for (int i = random.nextInt(200); i > 0; i--) {
            input.append(ANSWERS[random.nextInt(ANSWERS.length)]).append('\n');
        }
        boolean silent = random.nextBoolean();
        Path a = prepare(kconfig, config);
        Path b = prepare(kconfig, config);
        List<String> arguments = new ArrayList<>(silent ? List.of("-s", mode) : List.of(mode));
        arguments.add("Kconfig");
        Outcome theirs = reference(a, arguments, env, input.toString());
        Outcome ours = ours(b, arguments, env, input.toString());
        String difference = compare(theirs, ours);
        if (difference != null && !difference.isEmpty() && keep != null) {
            Path folder = Files.createDirectories(keep.resolve("" + seed));
            Files.write(folder.resolve("Kconfig"), kconfig);
            Files.writeString(folder.resolve("input"), input);
            if (config != null) {
                Files.writeString(folder.resolve(".config"), config, StandardCharsets.ISO_8859_1);
                Files.writeString(folder.resolve("seed"), config, StandardCharsets.ISO_8859_1);
            }
            Files.writeString(folder.resolve("case"), env + " " + arguments + "\n" + difference + "\n");
        }
        delete(a);
        delete(b);
        return difference == null || difference.isEmpty() ? difference : arguments + " " + difference;
    }

    private static String compare(Outcome theirs, Outcome ours) {
        if (ours.err.contains("\tat ") || ours.out.contains("\tat org.")) {
            return "stack trace: " + ours.err;
        }
        if (!theirs.ended) {
            return null;
        }
        if (theirs.status != ours.status) {
            return "exit " + theirs.status + " and " + ours.status + ": " + firstDifference(theirs.err, ours.err);
        }
        if (!theirs.err.equals(ours.err)) {
            return "stderr " + firstDifference(theirs.err, ours.err);
        }
        if (!theirs.out.equals(ours.out)) {
            return "stdout " + firstDifference(theirs.out, ours.out);
        }
        if (!theirs.files.keySet().equals(ours.files.keySet())) {
            return "files " + theirs.files.keySet() + " and " + ours.files.keySet();
        }
        for (String name : theirs.files.keySet()) {
            if (!theirs.files.get(name).equals(ours.files.get(name))) {
                return name + " " + firstDifference(theirs.files.get(name), ours.files.get(name));
            }
        }
        return "";
    }

    private static String firstDifference(String x, String y) {
        String[] a = x.split("\n", -1);
        String[] b = y.split("\n", -1);
        for (int i = 0; i < Math.max(a.length, b.length); i++) {
            String l = i < a.length ? a[i] : "(end)";
            String r = i < b.length ? b[i] : "(end)";
            if (!l.equals(r)) {
                return "line " + (i + 1) + ": " + l + " | " + r;
            }
        }
        return "";
    }

    private String kconfig(Random random) throws IOException {
        if (!dialect.equals("linux")) {
            return choices(random);
        }
        StringBuilder out = new StringBuilder();
        if (random.nextInt(3) > 0) {
            out.append("config MODULES\n\tbool \"modules\"\n\tmodules\n\tdefault y\n\n");
        }
        for (int files = 1 + random.nextInt(3); files > 0; files--) {
            List<String> lines = Files.readString(corpus.get(random.nextInt(corpus.size())), StandardCharsets.ISO_8859_1).lines()
                    .filter(l -> !l.contains("source \"") && !l.contains("$(")).toList();
            int from = lines.isEmpty() ? 0 : random.nextInt(lines.size());
            lines.subList(from, Math.min(lines.size(), from + 5 + random.nextInt(120)))
                    .forEach(l -> out.append(l).append('\n'));
        }
        if (random.nextInt(3) == 0) {
            String names = "ABCDEFGH";
            for (int i = 0; i < names.length(); i++) {
                out.append(random.nextInt(6) == 0 ? "choice\n\tprompt \"pick\"\n" : "").append("config ").append(names.charAt(i))
                        .append("\n\t").append(new String[] {"bool", "tristate", "int", "hex", "string"}[random.nextInt(5)])
                        .append(random.nextBoolean() ? " \"p\"\n" : "\n");
                for (int k = random.nextInt(4); k > 0; k--) {
                    String other = "" + names.charAt(random.nextInt(names.length()));
                    out.append('\t').append(new String[] {"depends on ", "default ", "select ", "imply ", "default y if ",
                        "default 7 if ", "visible if ", "range 1 "}[random.nextInt(8)]).append(other).append('\n');
                }
                out.append(random.nextInt(6) == 0 ? "endchoice\n" : "");
            }
        }
        for (int n = random.nextInt(5); n > 0 && out.length() > 0; n--) {
            int at = random.nextInt(out.length());
            switch (random.nextInt(5)) {
                case 0 -> out.deleteCharAt(at);
                case 1 -> out.insert(at, " " + WORDS[random.nextInt(WORDS.length)] + " ");
                case 2 -> out.insert(at, "\n\t" + WORDS[random.nextInt(WORDS.length)] + " FOO\n");
                case 3 -> out.delete(at, Math.min(out.length(), at + random.nextInt(40)));
                default -> out.setCharAt(at, (char) (1 + random.nextInt(255)));
            }
        }
        return out.toString();
    }

    /** Sound files full of choices of every kind, since the older language accepts more than any one older tool does. */
    private static String choices(Random random) {
        StringBuilder out = new StringBuilder(random.nextInt(4) > 0
                ? "config MODULES\n\tbool \"modules\"\n\tmodules\n\tdefault y\n" : "");
        String[] types = {"bool", "tristate"};
        List<String> defined = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            int members = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 0;
            if (members > 0) {
                out.append("choice\n\t").append(random.nextInt(4) == 0 ? "prompt \"c\"\n" : types[random.nextInt(2)] + " \"c\"\n");
                out.append(random.nextInt(3) == 0 ? "\toptional\n" : "");
                out.append(random.nextInt(3) == 0 ? "\tdefault S" + i + "_" + random.nextInt(members) + "\n" : "");
                dependency(out, random, defined);
            }
            List<String> fresh = new ArrayList<>();
            for (int k = 0; k < Math.max(1, members); k++) {
                String name = "S" + i + "_" + k;
                fresh.add(name);
                out.append("config ").append(name).append("\n\t").append(types[random.nextInt(2)])
                        .append(members > 0 || random.nextInt(3) > 0 ? " \"p\"\n" : "\n");
                dependency(out, random, defined);
                if (members == 0 && random.nextBoolean()) {
                    out.append("\tdefault ").append(new String[] {"y", "m", "n"}[random.nextInt(3)]);
                    out.append(defined.isEmpty() ? "" : " if " + defined.get(random.nextInt(defined.size()))).append('\n');
                }
                if (members == 0 && random.nextInt(4) == 0 && !defined.isEmpty()) {
                    out.append(random.nextBoolean() ? "\tselect T" : "\timply T").append(random.nextInt(3)).append('\n');
                }
            }
            defined.addAll(fresh);
            out.append(members > 0 ? "endchoice\n" : "");
        }
        for (int i = 0; i < 3; i++) {
            out.append("config T").append(i).append("\n\t").append(types[random.nextInt(2)]).append(" \"t\"\n");
            out.append(random.nextInt(3) == 0 ? "\tdepends on MODULES\n" : "");
        }
        return out.toString();
    }

    private static void dependency(StringBuilder out, Random random, List<String> defined) {
        if (random.nextInt(3) == 0 && !defined.isEmpty()) {
            String a = defined.get(random.nextInt(defined.size()));
            String b = defined.get(random.nextInt(defined.size()));
            out.append("\tdepends on ").append(new String[] {a, "!" + a, a + " || " + b, a + " && " + b, a + " = m", a + " != n",
                "m", a + " = " + b}[random.nextInt(8)]).append('\n');
        }
    }

    private static String config(Random random, String kconfig) {
        StringBuilder out = new StringBuilder();
        for (String line : kconfig.lines().toList()) {
            String[] words = line.strip().split("\\s+");
            if (words.length > 1 && (words[0].equals("config") || words[0].equals("menuconfig")) && random.nextInt(3) > 0) {
                String value = new String[] {"y", "m", "n", "5", "0x1f", "\"text\"", "\"a\\\"b\"", "\"open", "", "-1", "q"}
                        [random.nextInt(11)];
                out.append(random.nextInt(5) == 0 ? "# CONFIG_" + words[1] + " is not set" : "CONFIG_" + words[1] + "=" + value)
                        .append(random.nextInt(20) == 0 ? "\r\n" : "\n");
            }
        }
        for (int n = random.nextInt(3); n > 0; n--) {
            out.insert(out.length() == 0 ? 0 : random.nextInt(out.length()),
                    new String[] {"junk\n", "CONFIG_NONE=y\n", "#", "\n\n", "CONFIG_", "=", "\u0007", "# CONFIG_X is not set \n"}
                    [random.nextInt(8)]);
        }
        return out.toString();
    }

    private static Map<String, String> variables(Random random) {
        Map<String, String> env = new LinkedHashMap<>();
        env.put("PATH", "/usr/bin:/bin");
        env.put("LC_ALL", "C");
        env.put("KCONFIG_SEED", "" + random.nextInt(100));
        String[][] some = {{"KCONFIG_WARN_UNKNOWN_SYMBOLS", "1"}, {"KCONFIG_WERROR", "1"}, {"KCONFIG_ALLCONFIG", "seed"},
            {"KCONFIG_ALLCONFIG", "1"}, {"KCONFIG_OVERWRITECONFIG", "1"}, {"KCONFIG_NOSILENTUPDATE", "1"},
            {"KCONFIG_PROBABILITY", "30"}, {"KCONFIG_PROBABILITY", "10:20"}, {"KCONFIG_PROBABILITY", "80:60:60"},
            {"KCONFIG_CONFIG", "other"}, {"KCONFIG_CONFIG", "deep/er/config"}, {"KCONFIG_AUTOCONFIG", "auto/conf"},
            {"KCONFIG_AUTOHEADER", "auto/conf.h"}, {"KCONFIG_RUSTCCFG", "rust"}, {"CONFIG_", "BR2_"},
            {"KCONFIG_DEFCONFIG_LIST", "none  seed"}, {"KCONFIG_PROBABILITY", "abc"}, {"KCONFIG_CONFIG", ""},
            {"KCONFIG_CONFIG", "folder"}, {"srctree", "nowhere"}, {"KCONFIG_SEED", "0x7fffffff"}, {"KCONFIG_SEED", "077"}};
        for (int n = random.nextInt(3); n > 0; n--) {
            String[] pair = some[random.nextInt(some.length)];
            env.put(pair[0], pair[1]);
        }
        return env;
    }

    private Path prepare(byte[] kconfig, String config) throws IOException {
        Path directory = Files.createTempDirectory(work, "run");
        Files.write(directory.resolve("Kconfig"), kconfig);
        Files.createDirectory(directory.resolve("folder"));
        if (config != null) {
            Files.writeString(directory.resolve(".config"), config, StandardCharsets.ISO_8859_1);
            Files.writeString(directory.resolve("seed"), config, StandardCharsets.ISO_8859_1);
        }
        return directory;
    }

    private Outcome reference(Path directory, List<String> arguments, Map<String, String> env, String input)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(reference));
        command.addAll(arguments);
        Path base = Files.createTempDirectory(work, "io");
        Path in = Files.writeString(base.resolve("in"), input);
        File out = base.resolve("out").toFile();
        File err = base.resolve("err").toFile();
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(env);
        Process process = builder.redirectInput(in.toFile()).redirectOutput(out).redirectError(err).start();
        boolean ended = true;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
            // A dialogue that has met the end of its input may ask for ever.
            if (out.length() > 4_000_000 || System.nanoTime() > deadline) {
                process.destroyForcibly().waitFor();
                ended = false;
            }
        }
        int status = process.exitValue();
        Outcome outcome = new Outcome(ended && status < 128, status, read(out.toPath()).replace(reference, "conf"),
                read(err.toPath()).replace(reference, "conf"), ended ? files(directory) : Map.of());
        delete(base);
        return outcome;
    }

    private Outcome ours(Path directory, List<String> arguments, Map<String, String> env, String input) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Map<String, String> variables = new LinkedHashMap<>(env);
        variables.put("MM_PROBE_CACHE", "off");
        variables.put("MM_KCONFIG_DIALECT", dialect);
        int status = Conf.run(arguments.toArray(new String[0]), variables, directory,
                new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)),
                new PrintStream(out, true, StandardCharsets.ISO_8859_1), new PrintStream(err, true, StandardCharsets.ISO_8859_1));
        return new Outcome(true, status, out.toString(StandardCharsets.ISO_8859_1), err.toString(StandardCharsets.ISO_8859_1),
                files(directory));
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    private static Map<String, String> files(Path directory) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path p : files.filter(Files::isRegularFile).toList()) {
                contents.put(directory.relativize(p).toString(), read(p));
            }
        }
        return contents;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path p : files.sorted((x, y) -> y.compareTo(x)).toList()) {
                Files.delete(p);
            }
        }
    }
}
