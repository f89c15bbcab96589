package org.mmkit.kconfig.conf;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.conf.ConfOptions.Mode;
import org.mmkit.kconfig.config.ConfigWriter;
import org.mmkit.kconfig.config.DotConfigReader;
import org.mmkit.kconfig.eval.ClassicChoices;
import org.mmkit.kconfig.eval.Evaluator;
import org.mmkit.kconfig.eval.PriorityChoices;
import org.mmkit.kconfig.eval.UserSettings;
import org.mmkit.kconfig.eval.ValueSetter;
import org.mmkit.kconfig.macro.ProbeCache;
import org.mmkit.kconfig.macro.ProcessShell;
import org.mmkit.kconfig.macro.RunAheadShell;
import org.mmkit.kconfig.model.Diagnostic;
import org.mmkit.kconfig.model.Dialect;
import org.mmkit.kconfig.model.KconfigException;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;
import org.mmkit.kconfig.parser.KconfigParser;

/**
 * The command {@code conf}: reads Kconfig files and a configuration, and writes a configuration, byte for byte as the
 * kernel's {@code scripts/kconfig/conf} does.
 *
 * <p>One instance is one run.
 */
public final class Conf {

    /** The dialogue recurses over menus, whose depth the input decides. */
    private static final long STACK_BYTES = 512L << 20;

    private final Map<String, String> environment;
    private final ConfIo io;
    private final ConfFiles files;
    private final ProcessShell shell;
    private final Path directory;
    private final String prefix;
    private final Diagnostic.Sink sink = this::report;
    private boolean silent;
    private int readWarnings;
    private @Nullable GlibcRandom random;

    private Conf(Map<String, String> environment, Path directory, ConfIo io, ProcessShell shell) {
        this.environment = environment;
        this.io = io;
        this.files = new ConfFiles(directory, environment);
        this.shell = shell;
        this.directory = directory;
        this.prefix = environment.getOrDefault("CONFIG_", "CONFIG_");
    }

    /** Runs the command as a process of its own. */
    public static void main(String[] args) {
        System.exit(run(args, System.getenv(), Path.of(""), System.in, System.out, System.err));
    }

    /**
     * Runs the command.
     *
     * @param args the command line after the command's name
     * @param env the environment, also for the shell commands of macros
     * @param cwd the working directory
     * @return the exit status
     */
    public static int run(String[] args, Map<String, String> env, Path cwd, InputStream in, PrintStream out,
            PrintStream err) {
        boolean own = out == System.out;
        ConfIo io = new ConfIo(in, out, err, own && System.console() != null);
        ProcessShell shell = new ProcessShell(env, cwd.toAbsolutePath(), err == System.err ? null : err);
        Conf conf = new Conf(env, cwd.toAbsolutePath(), io, shell);
        int[] status = {1};
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(null, () -> {
            try {
                status[0] = conf.execute(args);
            } catch (ConfExit e) {
                status[0] = e.status();
            } catch (Throwable t) {
                failure.set(t);
            }
        }, "conf", STACK_BYTES);
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        io.flush();
        if (failure.get() instanceof Error e) {
            throw e;
        }
        if (failure.get() instanceof RuntimeException e) {
            throw e;
        }
        return status[0];
    }

    private void report(Diagnostic d) {
        if (d.severity() == Diagnostic.Severity.INFO) {
            io.print(d.rendered() + "\n");
        } else {
            io.error(d.rendered() + "\n");
        }
    }

    private @Nullable String env(String name) {
        return environment.get(name);
    }

    private boolean isSet(String name) {
        String value = env(name);
        return value != null && !value.isEmpty();
    }

    private void message(String text) {
        if (!silent) {
            io.print("#\n# " + text + "\n#\n");
        }
    }

    private int execute(String[] args) {
        ConfOptions options = new ConfOptions("conf", io, mode -> {
            if (mode == Mode.RANDCONFIG) {
                random = GlibcRandom.seeded(env("KCONFIG_SEED"), io);
            }
        });
        options.parse(args);
        silent = options.silent;
        KconfigTree tree;
        try {
            tree = parse(options.kconfig());
        } catch (KconfigException e) {
            // Everything was reported when it arose.
            return 1;
        }
        Evaluator evaluator = new Evaluator(tree, new UserSettings(tree), sink);
        evaluator.setChanged(true);
        readInput(evaluator, options);
        if (readWarnings > 0 && env("KCONFIG_WERROR") != null) {
            return 1;
        }
        boolean write = true;
        if (options.sync && isSet("KCONFIG_NOSILENTUPDATE")) {
            if (evaluator.isChanged()) {
                io.error("\n*** The configuration requires explicit update.\n\n");
                return 1;
            }
            write = false;
        }
        change(evaluator, options);
        if (evaluator.unmetWarnings() > 0 && env("KCONFIG_WERROR") != null) {
            return 1;
        }
        return writeOutput(evaluator, options, write);
    }

    /** Reads the files, while a second reading starts the commands that the first one will ask for. */
    private KconfigTree parse(String name) {
        try (RunAheadShell ahead = new RunAheadShell(shell, cache(), a -> scout(name, a), io::error)) {
            return new KconfigParser(files.sources(), environment, ahead, sink, dialect()).parse(name);
        }
    }

    private Dialect dialect() {
        String name = env("MM_KCONFIG_DIALECT");
        Dialect dialect = Dialect.named(name == null ? "linux" : name);
        if (dialect == null) {
            io.error("conf: MM_KCONFIG_DIALECT=" + name + " is none of linux, classic, u-boot, ancient\n");
            throw new ConfExit(1);
        }
        return dialect;
    }

    private void scout(String name, RunAheadShell ahead) {
        Dialect dialect = dialect();
        Thread scout = new Thread(null, () -> new KconfigParser(files.sources(), environment, ahead.scout(), d -> { }, dialect)
                .scout(name), "kconfig-scout", STACK_BYTES);
        scout.setDaemon(true);
        scout.start();
    }

    private @Nullable ProbeCache cache() {
        Path file = ProbeCache.defaultFile(environment);
        return file == null ? null : new ProbeCache(file, environment, directory);
    }

    private void readInput(Evaluator evaluator, ConfOptions options) {
        switch (options.mode) {
            case DEFCONFIG -> {
                if (!readConfig(evaluator, options.defconfig)) {
                    io.error("***\n*** Can't find default configuration \"" + options.defconfig + "\"!\n***\n");
                    throw new ConfExit(1);
                }
            }
            case ALLNOCONFIG, ALLYESCONFIG, ALLMODCONFIG, ALLDEFCONFIG, RANDCONFIG -> readSeed(evaluator, options.mode);
            default -> readConfig(evaluator, null);
        }
    }

    private void readSeed(Evaluator evaluator, Mode mode) {
        String name = env("KCONFIG_ALLCONFIG");
        if (name == null) {
            return;
        }
        if (!name.isEmpty() && !name.equals("1")) {
            if (!readSimple(evaluator, name)) {
                io.error("*** Can't read seed configuration \"" + name + "\"!\n");
                throw new ConfExit(1);
            }
            return;
        }
        String own = switch (mode) {
            case ALLNOCONFIG -> "allno.config";
            case ALLYESCONFIG -> "allyes.config";
            case ALLMODCONFIG -> "allmod.config";
            case ALLDEFCONFIG -> "alldef.config";
            default -> "allrandom.config";
        };
        if (!readSimple(evaluator, own) && !readSimple(evaluator, "all.config")) {
            io.error("*** KCONFIG_ALLCONFIG set, but no \"" + own + "\" or \"all.config\" file found\n");
            throw new ConfExit(1);
        }
    }

    private boolean readSimple(Evaluator evaluator, String name) {
        byte[] content = files.read(name);
        if (content == null) {
            return false;
        }
        load(evaluator, name, content);
        return true;
    }

    private void load(Evaluator evaluator, String name, byte[] content) {
        DotConfigReader reader = new DotConfigReader(evaluator.tree(), prefix,
                env("KCONFIG_WARN_UNKNOWN_SYMBOLS") != null, sink);
        reader.readUser(name, content, evaluator, (symbol, value) -> { });
        readWarnings = reader.warnings();
    }

    /** Reads the configuration, or one of the default ones; false when there is none. */
    private boolean readConfig(Evaluator evaluator, @Nullable String name) {
        evaluator.setChanged(false);
        boolean found;
        if (name != null) {
            found = readSimple(evaluator, name);
        } else {
            found = readSimple(evaluator, files.configName()) || readDefault(evaluator);
        }
        KconfigTree tree = evaluator.tree();
        evaluator.calculate(tree.modules());
        if (!found) {
            return false;
        }
        boolean news = false;
        for (int i = 0; i < tree.bucketOrderLength(); i++) {
            Symbol s = tree.inBucketOrder(i);
            evaluator.calculate(s);
            if (!s.isChoice() && !(tree.hasClassicChoices() && s.isNeverWritten()) && isNews(evaluator, s)) {
                evaluator.setChanged(true);
                news = true;
            }
        }
        if (tree.hasClassicChoices()) {
            dropUselessSettings(evaluator, !news);
        }
        if (readWarnings > 0) {
            evaluator.setChanged(true);
        }
        return true;
    }

    /** Kernels before 6.9 ask again for what was invisible when everything else fits, and for what is out of range. */
    private static void dropUselessSettings(Evaluator evaluator, boolean everythingFits) {
        KconfigTree tree = evaluator.tree();
        UserSettings user = evaluator.user();
        ValueSetter setter = new ValueSetter(evaluator);
        boolean fits = everythingFits;
        for (int i = 0; i < tree.bucketOrderLength(); i++) {
            Symbol s = tree.inBucketOrder(i);
            if (!user.isSet(s.id()) || s.isChoiceMember()) {
                continue;
            }
            if (evaluator.values().visible(s) == 0 && fits) {
                user.drop(s.id());
            }
            if (!s.type().isLogical() && s.type() != SymbolType.UNKNOWN
                    && !setter.isWithinRange(s, user.text(s.id()))) {
                user.drop(s.id());
                evaluator.forget(s);
                fits = false;
                evaluator.setChanged(true);
            }
        }
    }

    private static boolean isNews(Evaluator evaluator, Symbol s) {
        UserSettings user = evaluator.user();
        boolean set = user.isSet(s.id());
        if (set && evaluator.isWritten(s)) {
            return s.type().isLogical() ? user.level(s.id()) != evaluator.level(s)
                    : !evaluator.value(s).equals(user.text(s.id()));
        }
        return set || evaluator.isWritten(s);
    }

    private boolean readDefault(Evaluator evaluator) {
        evaluator.setChanged(true);
        String list = env("KCONFIG_DEFCONFIG_LIST");
        if (list == null) {
            return readDefconfigList(evaluator);
        }
        for (String name : list.split("[ \\t\\n\\x0B\\f\\r]+")) {
            if (readFirst(evaluator, name)) {
                return true;
            }
        }
        return false;
    }

    private boolean readFirst(Evaluator evaluator, String name) {
        byte[] content = files.read(name);
        if (content == null) {
            return false;
        }
        message("using defaults found in " + name);
        load(evaluator, name, content);
        return true;
    }

    /** Kernels before 5.13 had a symbol for it, whose defaults were tried one after the other. */
    private boolean readDefconfigList(Evaluator evaluator) {
        Symbol names = evaluator.tree().defconfigList();
        for (Property p = names == null ? null : names.firstProperty(); p != null; p = p.next()) {
            Symbol name = p.kind() == PropertyKind.DEFAULT ? p.valueSymbol() : null;
            if (name == null || evaluator.level(p.condition()) == 0) {
                continue;
            }
            evaluator.calculate(name);
            if (readFirst(evaluator, evaluator.value(name))) {
                return true;
            }
        }
        return false;
    }

    private void change(Evaluator evaluator, ConfOptions options) {
        switch (options.mode) {
            case ALLNOCONFIG -> answerAll(evaluator, 0);
            case ALLYESCONFIG -> answerAll(evaluator, 2);
            case ALLMODCONFIG -> answerAll(evaluator, 1);
            case ALLDEFCONFIG, DEFCONFIG -> {
                if (evaluator.choices() instanceof ClassicChoices choices) {
                    new ClassicConfiguration(evaluator, choices).setDefaults();
                } else {
                    evaluator.invalidateAll();
                }
            }
            case RANDCONFIG -> {
                GlibcRandom numbers = random;
                if (numbers != null) {
                    answerByChance(evaluator, numbers, Probability.of(env("KCONFIG_PROBABILITY"), io));
                }
            }
            case YES2MODCONFIG -> evaluator.rewriteLevels(2, 1);
            case MOD2YESCONFIG -> evaluator.rewriteLevels(1, 2);
            case MOD2NOCONFIG -> evaluator.rewriteLevels(1, 0);
            case OLDASKCONFIG -> new ConfDialogue(evaluator, io, prefix, options.mode).askAll();
            case OLDCONFIG, LISTNEWCONFIG, HELPNEWCONFIG, SYNCCONFIG ->
                new ConfDialogue(evaluator, io, prefix, options.mode).askNew();
            default -> {
                // savedefconfig and olddefconfig take the values as they are.
            }
        }
    }

    private static void answerAll(Evaluator evaluator, int level) {
        if (evaluator.choices() instanceof ClassicChoices choices) {
            new ClassicConfiguration(evaluator, choices).setAll(level);
        } else {
            AllConfiguration.set(evaluator, level);
        }
    }

    private static void answerByChance(Evaluator evaluator, GlibcRandom numbers, Probability probability) {
        if (evaluator.choices() instanceof ClassicChoices choices) {
            new ClassicConfiguration(evaluator, choices).setRandom(numbers, probability);
        } else if (evaluator.choices() instanceof PriorityChoices choices) {
            new RandomConfiguration(evaluator, choices, numbers, probability).set();
        }
    }

    private int writeOutput(Evaluator evaluator, ConfOptions options, boolean write) {
        if (options.mode == Mode.SAVEDEFCONFIG) {
            try {
                files.overwrite(options.defconfig, new ConfigWriter(evaluator, prefix).defconfig());
                return 0;
            } catch (IOException e) {
                io.error("n*** Error while saving defconfig to: " + options.defconfig + "\n\n");
                return 1;
            }
        }
        if (options.mode == Mode.LISTNEWCONFIG || options.mode == Mode.HELPNEWCONFIG) {
            return 0;
        }
        if (write && !writeConfig(evaluator)) {
            io.error("\n*** Error during writing of the configuration.\n\n");
            return 1;
        }
        try {
            new AutoConfiguration(evaluator, files, prefix, sink).write(options.sync);
        } catch (IOException e) {
            if (options.sync) {
                io.error("\n*** Error during sync of the configuration.\n\n");
                return 1;
            }
        }
        return 0;
    }

    private boolean writeConfig(Evaluator evaluator) {
        String name = files.configName();
        if (name.isEmpty()) {
            io.error("config name is empty\n");
            return false;
        }
        if (Files.isDirectory(files.path(name))) {
            io.error(name + ": Is a directory\n");
            return false;
        }
        if (!evaluator.isChanged()) {
            evaluator.invalidateAll();
        }
        String content = new ConfigWriter(evaluator, prefix).dotConfig();
        try {
            files.makeParents(name);
            if (isSet("KCONFIG_OVERWRITECONFIG")) {
                files.overwrite(name, content);
                message("configuration written to " + name);
            } else if (files.replaceKeepingOld(name, content)) {
                message("configuration written to " + name);
            } else {
                message("No change to " + name);
            }
        } catch (IOException e) {
            return false;
        }
        evaluator.setChanged(false);
        return true;
    }
}
