package org.mmkit.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mmkit.core.Machine;
import org.mmkit.core.MachineBuilder;
import picocli.CommandLine.Option;

/** The options that say what a machine is made of; the same for each command that boots one. */
final class MachineOptions {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "A kernel's .config, plain or gzip such as /proc/config.gz.")
    private Optional<Path> config = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "SYMBOL=VALUE",
            description = "One Kconfig symbol, over --config; may be repeated.")
    private Map<String, String> symbols = new LinkedHashMap<>();

    @Option(names = "--arch", paramLabel = "NAME", description = "The architecture; this computer's if not given, for scenarios x86_64.")
    private Optional<String> architecture = Optional.empty();

    @Option(names = "--kernel", paramLabel = "VERSION", description = "Behave as Linux 4.12, 5.14 or 6.18 (default).")
    private Optional<String> kernel = Optional.empty();

    @Option(names = "--memory", paramLabel = "SIZE", description = "Usable memory, for example 512M or 16T; 2G,2G for two memory nodes; 24G if not given.")
    private Optional<String> memory = Optional.empty();

    @Option(names = "--cmdline", paramLabel = "TEXT", description = "The kernel command line.")
    private Optional<String> commandLine = Optional.empty();

    @Option(names = "--policy", paramLabel = "NAME",
            description = "Who hands out huge pages: linux (default), reservation, ingens, or the policy of a plugin.")
    private Optional<String> policy = Optional.empty();

    @Option(
            names = "--plugins",
            paramLabel = "PATH",
            description = "A plugin jar, or a folder of them, besides those of MM_PLUGIN_PATH; may be repeated.")
    private List<Path> plugins = new ArrayList<>();

    /** A builder of the machine that the options describe. */
    MachineBuilder builder() {
        return applyTo(Machine.builder());
    }

    /** Gives {@code builder} what the options say; the rest of it stays. */
    MachineBuilder applyTo(MachineBuilder builder) {
        config.ifPresent(builder::config);
        symbols.forEach((symbol, value) -> builder.set(symbol.replaceFirst("^CONFIG_", ""), value));
        architecture.ifPresent(builder::arch);
        kernel.ifPresent(builder::kernel);
        memory.ifPresent(builder::memory);
        commandLine.ifPresent(builder::cmdline);
        policy.ifPresent(id -> builder.policy(id));
        return builder.plugins(plugins.toArray(Path[]::new));
    }
}
