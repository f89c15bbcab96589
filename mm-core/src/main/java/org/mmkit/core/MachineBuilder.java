package org.mmkit.core;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.feature.Feature;
import org.mmkit.api.memory.FrameAllocatorProvider;
import org.mmkit.api.memory.Nodes;
import org.mmkit.api.policy.PagePolicyProvider;
import org.mmkit.core.boot.Bootstrap;
import org.mmkit.core.boot.LinuxProfile;
import org.mmkit.core.boot.Providers;
import org.mmkit.core.boot.SizeText;
import org.mmkit.core.boot.Wiring;

/**
 * What a machine is to be made of; {@link #build} boots it. Everything has a default: 24 GiB, the architecture of this computer, the newest
 * kernel profile, the default configuration of all plugins found, contents kept.
 *
 * <p>Not thread-safe; the machines it builds are independent of each other and of it.
 */
public final class MachineBuilder {

    private static final int GZIP_FIRST = 0x1f;
    private static final int GZIP_SECOND = 0x8b;
    /** A kernel's .config has some hundred kilobytes. */
    private static final int LARGEST_CONFIG = 16 << 20;

    private List<Long> memory = List.of(24L << 30);
    private String architecture = "";
    private String dotConfig = "";
    private String dotConfigName = ".config";
    private String commandLine = "";
    private boolean contents = true;
    private final List<Path> plugins = new ArrayList<>();
    private final List<Architecture> architectures = new ArrayList<>();
    private final List<Feature> features = new ArrayList<>();
    private final List<PagePolicyProvider> policies = new ArrayList<>();
    private final List<FrameAllocatorProvider> allocators = new ArrayList<>();
    private String policy = "";
    private final Map<String, String> settings = new LinkedHashMap<>();

    MachineBuilder() {}

    /** Usable memory in bytes. */
    public MachineBuilder memory(long bytes) {
        return memory(List.of(bytes));
    }

    /** Usable memory as {@code "24G"}: a number and K, M, G or T; several, {@code "2G,2G"}, for a machine with as many memory nodes (NUMA=y). */
    public MachineBuilder memory(String sizes) {
        return memory(Arrays.stream(sizes.split(",", -1)).map(SizeText::parse).toList());
    }

    private MachineBuilder memory(List<Long> nodes) {
        nodes.stream().filter(bytes -> bytes < 1).findFirst().ifPresent(bytes -> {
            throw new BootException("a machine needs memory, not " + bytes + " bytes");
        });
        if (nodes.size() > Nodes.MOST) {
            throw new BootException(nodes.size() + " memory nodes are more than " + Nodes.MOST);
        }
        memory = nodes;
        return this;
    }

    /** The architecture, by id or by name as {@code uname -m} prints it. */
    public MachineBuilder arch(String name) {
        architecture = name;
        return this;
    }

    /** The kernel whose behaviour is modelled: {@code "4.12"}, {@code "5.14"} or {@code "6.18"}. */
    public MachineBuilder kernel(String version) {
        return set(LinuxProfile.of(version).symbol(), "y");
    }

    /** The kernel command line. */
    public MachineBuilder cmdline(String line) {
        commandLine = line;
        return this;
    }

    /** The text of a {@code .config}. */
    public MachineBuilder config(String text) {
        dotConfig = text;
        dotConfigName = ".config";
        return this;
    }

    /**
     * A {@code .config} file, plain or compressed with gzip, such as {@code /proc/config.gz}.
     *
     * @throws BootException when it cannot be read or is no such file
     */
    public MachineBuilder config(Path file) {
        dotConfigName = file.toString();
        try (InputStream plain = Files.newInputStream(file)) {
            byte[] bytes = plain.readNBytes(LARGEST_CONFIG);
            if (bytes.length > 1 && (bytes[0] & 0xff) == GZIP_FIRST && (bytes[1] & 0xff) == GZIP_SECOND) {
                try (InputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                    bytes = unpacked.readNBytes(LARGEST_CONFIG);
                }
            }
            if (bytes.length == LARGEST_CONFIG) {
                throw new BootException(file + " is no .config: it has more than " + (LARGEST_CONFIG >> 20) + " MiB");
            }
            dotConfig = new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            String what = e instanceof NoSuchFileException ? "no such file" : e.getMessage();
            throw new BootException("cannot read the configuration " + file + ": " + what, e);
        }
        if (dotConfig.indexOf('\0') >= 0) {
            throw new BootException(file + " is no .config: it is a binary file");
        }
        return this;
    }

    /** Sets one Kconfig symbol, without {@code CONFIG_}, to a value as a {@code .config} line writes it; wins over {@link #config}. */
    public MachineBuilder set(String symbol, String value) {
        settings.put(symbol, value);
        return this;
    }

    /** Whether the content of memory is kept; without it loads give 0, and bytes are only counted. */
    public MachineBuilder contents(boolean keep) {
        contents = keep;
        return this;
    }

    /** More jars to take plugins from, or folders of jars. */
    public MachineBuilder plugins(Path... path) {
        plugins.addAll(List.of(path));
        return this;
    }

    /** A feature that the caller made itself, beside those that are found; its Kconfig file is looked for where its class is. */
    public MachineBuilder feature(Feature feature) {
        features.add(feature);
        return this;
    }

    /** The allocation and promotion policy by id, as the boot parameter {@code thp_policy=} names it. */
    public MachineBuilder policy(String id) {
        policy = id;
        return this;
    }

    /** A policy that the caller made itself, beside those that are found; ask for it by {@link #policy(String)}. */
    public MachineBuilder policy(PagePolicyProvider provider) {
        policies.add(provider);
        return this;
    }

    /** A frame allocator that the caller made itself, beside those that are found; its Kconfig symbol switches it on. */
    public MachineBuilder allocator(FrameAllocatorProvider provider) {
        allocators.add(provider);
        return this;
    }

    /** An architecture that the caller made itself, beside those that are found; ask for it by {@link #arch}. */
    public MachineBuilder architecture(Architecture provider) {
        architectures.add(provider);
        return this;
    }

    /** What plugins there are and what this configuration makes of them, without booting anything. */
    public PluginReport report() {
        return wiring().report();
    }

    /** Which architecture these choices lead to, and its configuration, without booting anything. */
    public ConfiguredArchitecture configured() {
        Wiring wiring = wiring();
        return new ConfiguredArchitecture(wiring.architecture(), wiring.configuration());
    }

    /** The id of the architecture whose ELF files bear the number {@code machine} (e_machine), if one was found. */
    public Optional<String> architectureOfElf(int machine) {
        return providers().architectures().stream()
                .filter(found -> found.provider().elfMachine() == machine)
                .map(found -> found.provider().id())
                .findFirst();
    }

    private Wiring wiring() {
        return Wiring.resolve(providers(), new Wiring.Wishes(architecture, dotConfig, dotConfigName, settings));
    }

    private Providers providers() {
        List<Path> path = new ArrayList<>(Providers.pathOf(System.getenv()));
        path.addAll(plugins);
        return Providers.discover(path).and(architectures, features, policies, allocators);
    }

    /**
     * Boots the machine.
     *
     * @throws BootException when the parts do not fit together; the message says which and why
     */
    public Machine build() {
        return new Machine(new Bootstrap(wiring(), memory, policy.isEmpty() ? commandLine : commandLine + " thp_policy=" + policy, contents));
    }
}
