package org.mmkit.core.boot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Provider;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.config.Configuration;
import org.mmkit.api.config.Reason;
import org.mmkit.api.feature.Feature;
import org.mmkit.api.memory.FrameAllocatorProvider;
import org.mmkit.api.policy.PagePolicyProvider;
import org.mmkit.core.BootException;
import org.mmkit.core.PluginReport;
import org.mmkit.kconfig.Kconfig;
import org.mmkit.kconfig.KconfigSource;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.config.LoadReport;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.KconfigException;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.Symbol;

/**
 * Decides by Kconfig what a machine is made of: merges the files of the framework and of all plugins in the order of their ids, resolves
 * them with the user's {@code .config}, and puts the features that are switched on into the order of their dependencies.
 *
 * <p>One machine has one architecture: the one asked for, else the one that the {@code .config} switches on, else that of this
 * computer, else the first by id; the others' symbols are n. Immutable once made.
 */
public final class Wiring {

    /** Remarks on lines of a .config that make no sense, before they are only counted. */
    private static final int MOST_REMARKS = 10;
    private static final String CORE = "META-INF/mm/core/Kconfig";

    private final Providers providers;
    private final Configuration configuration;
    private final Providers.Found<Architecture> architecture;
    private final List<Providers.Found<Feature>> features;
    private final List<String> unknownSymbols;
    private final List<String> messages;

    private Wiring(
            Providers providers,
            Configuration configuration,
            Providers.Found<Architecture> architecture,
            List<Providers.Found<Feature>> features,
            Set<String> unknownSymbols,
            List<String> messages) {
        this.providers = providers;
        this.configuration = configuration;
        this.architecture = architecture;
        this.features = List.copyOf(features);
        this.unknownSymbols = List.copyOf(unknownSymbols);
        this.messages = List.copyOf(messages);
    }

    /**
     * What the user wants.
     *
     * @param architecture an id or a name as of {@code uname -m}; empty for none in particular
     * @param dotConfig the text of a {@code .config}, empty for none
     * @param dotConfigName what messages call it
     * @param settings symbols without {@code CONFIG_} and values as {@code .config} writes them, which win over {@code dotConfig}
     */
    public record Wishes(String architecture, String dotConfig, String dotConfigName, Map<String, String> settings) {

        /** Copies {@code settings}, in their order. */
        public Wishes {
            settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        }
    }

    /**
     * Resolves {@code wishes}.
     *
     * @throws BootException when there is no such architecture, a Kconfig file has errors, a plugin's symbol is defined nowhere, or features
     *     depend on each other in a circle
     */
    public static Wiring resolve(Providers providers, Wishes wishes) {
        Providers.Found<Architecture> architecture = choose(providers, wishes);
        List<String> messages = new ArrayList<>();
        KconfigTree tree = parse(providers);
        checkSymbols(providers, tree);
        ConfigurationEditor editor = new ConfigurationEditor(tree);
        LoadReport loaded = editor.load(wishes.dotConfigName(), wishes.dotConfig().getBytes(StandardCharsets.UTF_8));
        remark(loaded, wishes, messages);
        Configuration configuration = apply(editor.edit(), providers, architecture, wishes);
        for (String symbol : loaded.rejected().keySet()) {
            messages.add(wishes.dotConfigName() + ": CONFIG_" + symbol + " does not take effect: "
                    + describe(configuration.reason(symbol)));
        }
        wishes.settings().forEach((symbol, value) -> {
            if (!configuration.value(symbol).equals(value) && (configuration.isEnabled(symbol) || !value.equals("n"))) {
                messages.add(symbol + "=" + value + " does not take effect: " + describe(configuration.reason(symbol)));
            }
        });
        Provider chosen = architecture.provider();
        if (!configuration.isEnabled(chosen.configSymbol())) {
            throw new BootException("the architecture " + chosen.id() + " is off: "
                    + describe(configuration.reason(chosen.configSymbol())));
        }
        List<Providers.Found<Feature>> enabled = providers.features().stream()
                .filter(found -> configuration.isEnabled(found.provider().configSymbol()))
                .toList();
        return new Wiring(providers, configuration, architecture, new Order(tree, enabled).sorted(),
                loaded.unknown().keySet(), messages);
    }

    /** The value of every symbol. */
    public Configuration configuration() {
        return configuration;
    }

    /** The machine's architecture. */
    public Architecture architecture() {
        return architecture.provider();
    }

    /** The features to create, each after those it depends on. */
    public List<Providers.Found<Feature>> features() {
        return features;
    }

    /** The policies that the configuration allows, by id. */
    public List<PagePolicyProvider> policies() {
        return providers.policies().stream()
                .map(Providers.Found::provider)
                .filter(provider -> configuration.isEnabled(provider.configSymbol()))
                .toList();
    }

    /**
     * The frame allocator that the configuration puts in the place of the engine's own, if it does.
     *
     * @throws BootException when it asks for more than one
     */
    public Optional<FrameAllocatorProvider> allocator() {
        List<Providers.Found<FrameAllocatorProvider>> enabled = providers.allocators().stream()
                .filter(found -> configuration.isEnabled(found.provider().configSymbol()))
                .toList();
        if (enabled.size() > 1) {
            throw new BootException("a machine has one frame allocator, but these are on: " + enabled.stream()
                    .map(found -> found.provider().id() + " (" + found.provider().configSymbol() + ", " + found.origin() + ")")
                    .collect(Collectors.joining(", ")));
        }
        return enabled.stream().<FrameAllocatorProvider>map(Providers.Found::provider).findFirst();
    }

    /** Symbols of the {@code .config} that no Kconfig file knows, in its order. */
    public List<String> unknownSymbols() {
        return unknownSymbols;
    }

    /** What the Kconfig files, the {@code .config} and the settings gave reason to remark. */
    public List<String> messages() {
        return messages;
    }

    /** What was found, what is enabled, and why not. */
    public PluginReport report() {
        List<PluginReport.Entry> entries = new ArrayList<>();
        providers.architectures().forEach(found -> entries.add(entry(found, PluginReport.Kind.ARCHITECTURE)));
        providers.features().forEach(found -> entries.add(entry(found, PluginReport.Kind.FEATURE)));
        providers.policies().forEach(found -> entries.add(entry(found, PluginReport.Kind.POLICY)));
        providers.allocators().forEach(found -> entries.add(entry(found, PluginReport.Kind.ALLOCATOR)));
        return new PluginReport(entries, providers.problems());
    }

    private PluginReport.Entry entry(Providers.Found<? extends Provider> found, PluginReport.Kind kind) {
        String symbol = found.provider().configSymbol();
        return new PluginReport.Entry(found.provider().id(), kind, found.origin(), symbol, configuration.isEnabled(symbol),
                configuration.reason(symbol));
    }

    /** One sentence on why a symbol has its value, with the terms that are not satisfied. */
    public static String describe(Reason reason) {
        String terms = reason.unmet().stream()
                .map(term -> term.expression() + " is " + term.value().letter() + " (" + term.position() + ")")
                .collect(Collectors.joining(", "));
        return reason.sentence() + (terms.isEmpty() ? "" : "; " + terms);
    }

    private static Providers.Found<Architecture> choose(Providers providers, Wishes wishes) {
        List<Providers.Found<Architecture>> all = providers.architectures();
        if (all.isEmpty()) {
            throw new BootException("no architecture was found; put the jar of one on the class path or into "
                    + Providers.PATH_VARIABLE + problems(providers));
        }
        if (!wishes.architecture().isEmpty()) {
            return all.stream()
                    .filter(found -> found.provider().id().equals(wishes.architecture())
                            || found.provider().name().equals(wishes.architecture()))
                    .findFirst()
                    .orElseThrow(() -> new BootException("there is no architecture \"" + wishes.architecture() + "\"; there are "
                            + all.stream().map(found -> found.provider().id()).collect(Collectors.joining(", "))
                            + problems(providers)));
        }
        String host = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT).replace("amd64", "x86_64");
        Set<String> lines = wishes.dotConfig().lines().map(String::strip).collect(Collectors.toSet());
        Optional<Providers.Found<Architecture>> configured = all.stream()
                .filter(found -> lines.contains("CONFIG_" + found.provider().configSymbol() + "=y"))
                .findFirst();
        return configured.orElseGet(() -> all.stream()
                .filter(found -> found.provider().name().equals(host))
                .findFirst()
                .orElse(all.get(0)));
    }

    private static String problems(Providers providers) {
        return providers.problems().isEmpty() ? "" : "\n" + String.join("\n", providers.problems());
    }

    private static KconfigTree parse(Providers providers) {
        List<KconfigSource> sources = new ArrayList<>();
        sources.add(KconfigSource.of(CORE, coreKconfig()));
        List<Providers.Found<? extends Provider>> all = providers.all();
        all.sort(Comparator.comparing(found -> found.provider().id()));
        for (Providers.Found<? extends Provider> found : all) {
            found.kconfig().ifPresent(text -> sources.add(KconfigSource.of(found.kconfigPath(), text)));
        }
        try {
            return Kconfig.parse(sources);
        } catch (KconfigException e) {
            throw new BootException("the Kconfig files of the plugins do not fit together:\n"
                    + e.diagnostics().stream().map(d -> d.rendered().strip()).collect(Collectors.joining("\n")), e);
        }
    }

    private static String coreKconfig() {
        try (InputStream in = Wiring.class.getModule().getResourceAsStream(CORE)) {
            if (in == null) {
                throw new BootException("the framework's own jar is broken: it lacks " + CORE);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new BootException("cannot read " + CORE + ": " + e.getMessage(), e);
        }
    }

    private static void checkSymbols(Providers providers, KconfigTree tree) {
        for (Providers.Found<? extends Provider> found : providers.all()) {
            Symbol symbol = tree.find(found.provider().configSymbol());
            if (symbol == null || !symbol.isDefined()) {
                throw new BootException(found.origin() + ": the plugin " + found.provider().id() + " is switched on by the symbol "
                        + found.provider().configSymbol() + ", but no Kconfig file defines it; the jar should hold "
                        + found.kconfigPath());
            }
        }
    }

    /** Lines that make no sense are remarked; a file of nothing but such lines is none. */
    private static void remark(LoadReport loaded, Wishes wishes, List<String> messages) {
        List<String> lines = loaded.diagnostics().stream().map(diagnostic -> diagnostic.rendered().strip()).toList();
        if (!lines.isEmpty() && loaded.settings() == 0 && loaded.unknown().isEmpty()) {
            throw new BootException(wishes.dotConfigName() + " is no .config, it sets no symbol: " + lines.get(0));
        }
        messages.addAll(lines.subList(0, Math.min(MOST_REMARKS, lines.size())));
        if (lines.size() > MOST_REMARKS) {
            messages.add(wishes.dotConfigName() + ": " + (lines.size() - MOST_REMARKS) + " more lines make no sense");
        }
    }

    private static Configuration apply(
            ConfigurationEditor.Edit edit, Providers providers, Providers.Found<Architecture> architecture, Wishes wishes) {
        for (Providers.Found<Architecture> found : providers.architectures()) {
            edit.set(found.provider().configSymbol(), "n");
        }
        edit.set(architecture.provider().configSymbol(), "y"); // last, as another may share its symbol
        for (Providers.Found<Architecture> found : providers.architectures()) {
            String symbol = found.provider().configSymbol();
            if ("y".equals(wishes.settings().get(symbol)) && !symbol.equals(architecture.provider().configSymbol())) {
                throw new BootException(symbol + "=y: this machine is of the architecture " + architecture.provider().id()
                        + "; choose another one by its name, " + found.provider().id());
            }
        }
        try {
            wishes.settings().forEach(edit::set);
        } catch (IllegalArgumentException e) {
            throw new BootException("a setting cannot be made: " + e.getMessage(), e);
        }
        return edit.commit();
    }

    /** Features in the order of what their symbols refer to, by id where that leaves a choice. */
    private static final class Order {

        private final KconfigTree tree;
        private final Map<String, Providers.Found<Feature>> bySymbol = new LinkedHashMap<>();
        private final Set<Providers.Found<Feature>> done = new LinkedHashSet<>();
        private final List<String> path = new ArrayList<>();

        Order(KconfigTree tree, List<Providers.Found<Feature>> enabled) {
            this.tree = tree;
            enabled.forEach(found -> bySymbol.put(found.provider().configSymbol(), found));
        }

        List<Providers.Found<Feature>> sorted() {
            List.copyOf(bySymbol.values()).forEach(this::visit);
            return List.copyOf(done);
        }

        private void visit(Providers.Found<Feature> feature) {
            String id = feature.provider().id();
            if (done.contains(feature)) {
                return;
            }
            if (path.contains(id)) {
                throw new BootException("features depend on each other in a circle: "
                        + String.join(" -> ", path.subList(path.indexOf(id), path.size())) + " -> " + id);
            }
            path.add(id);
            Set<String> needed = new LinkedHashSet<>();
            reach(feature.provider().configSymbol(), needed, new HashSet<>());
            for (Map.Entry<String, Providers.Found<Feature>> entry : bySymbol.entrySet()) {
                if (needed.contains(entry.getKey())) {
                    visit(entry.getValue());
                }
            }
            path.remove(path.size() - 1);
            done.add(feature);
        }

        /** The features' symbols that {@code name} refers to, other symbols in between. */
        private void reach(String name, Set<String> into, Set<String> seen) {
            Symbol symbol = tree.find(name);
            if (symbol == null || !seen.add(name)) {
                return;
            }
            Set<String> next = new LinkedHashSet<>();
            names(symbol.directDependency(), next);
            for (Property property : symbol.properties()) {
                if (property.kind() == PropertyKind.SELECT || property.kind() == PropertyKind.DEFAULT) {
                    names(property.value(), next);
                }
            }
            next.remove(name);
            for (String other : next) {
                if (bySymbol.containsKey(other)) {
                    into.add(other);
                } else {
                    reach(other, into, seen);
                }
            }
        }

        private static void names(@Nullable Expr expr, Set<String> into) {
            if (expr == null) {
                return;
            }
            switch (expr.kind()) {
                case SYMBOL -> into.add(expr.symbol().name());
                case NOT -> { } // what must be absent need not be there first
                case AND, OR -> {
                    names(expr.left(), into);
                    names(expr.right(), into);
                }
                default -> into.add(expr.symbol().name());
            }
        }
    }
}
