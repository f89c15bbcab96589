package org.mmkit.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mmkit.core.ConfiguredArchitecture;
import org.mmkit.core.Machine;
import org.mmkit.core.MachineBuilder;
import org.mmkit.core.dump.DumpException;
import org.mmkit.core.dump.MemoryImage;
import picocli.CommandLine.Option;

/** The options that say what kind of machine a memory image is of, and where its tables begin. */
final class DumpOptions {

    @Option(names = "--arch", paramLabel = "NAME", description = "The architecture; an ELF image names its own.")
    private Optional<String> architecture = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "SYMBOL=VALUE",
            description = "A Kconfig symbol of that machine's kernel: X86_5LEVEL=y, ARM64_64K_PAGES=y, ARM64_VA_BITS_48=y, RISCV_SV57=y.")
    private Map<String, String> symbols = new LinkedHashMap<>();

    @Option(names = "--config", paramLabel = "FILE", description = "The .config of that machine's kernel.")
    private Optional<Path> config = Optional.empty();

    @Option(names = "--plugins", paramLabel = "PATH", description = "A plugin jar, or a folder of them; may be repeated.")
    private List<Path> plugins = new ArrayList<>();

    @Option(
            names = "--root",
            paramLabel = "ADDRESS",
            description = "The root table: its physical address, or what CR3, TTBR0_EL1 or satp holds.")
    private Optional<String> root = Optional.empty();

    @Option(
            names = "--kernel-root",
            paramLabel = "ADDRESS",
            description = "The root of the upper half where it has one of its own (arm64: TTBR1_EL1).")
    private Optional<String> kernelRoot = Optional.empty();

    @Option(
            names = "--base",
            paramLabel = "ADDRESS",
            defaultValue = "0",
            description = "Physical address of the first byte of a raw image; 0 if not given. QEMU's virt machines: arm64 0x40000000,"
                    + " riscv64 0x80000000.")
    private String base = "0";

    /** Opens the image. */
    MemoryImage open(Path file) throws IOException {
        try {
            return MemoryImage.open(file, address("--base", base));
        } catch (DumpException e) {
            throw CommandException.badInput(e);
        }
    }

    /** The architecture of {@code image}, as the options shape it. */
    ConfiguredArchitecture architecture(MemoryImage image) {
        MachineBuilder builder = Machine.builder().plugins(plugins.toArray(Path[]::new));
        config.ifPresent(builder::config);
        symbols.forEach((symbol, value) -> builder.set(symbol.replaceFirst("^CONFIG_", ""), value));
        Optional<String> own = image.machine() == 0 ? Optional.empty() : builder.architectureOfElf(image.machine());
        if (image.machine() != 0 && own.isEmpty() && architecture.isEmpty()) {
            throw CommandException.badInput(image.file() + ":0x12: no backend knows machines of the ELF number " + image.machine()
                    + "; name one with --arch");
        }
        if (image.machine() == 0 && architecture.isEmpty()) {
            throw CommandException.badInput(image.file() + " is a raw image, which does not say what machine it is of; name it with --arch");
        }
        builder.arch(architecture.or(() -> own).orElseThrow());
        ConfiguredArchitecture configured = builder.configured();
        if (own.isPresent() && !own.get().equals(configured.architecture().id())) {
            throw CommandException.badInput(image.file() + ":0x12: an image of " + own.get() + " (ELF machine " + image.machine() + "), not of "
                    + configured.architecture().id() + "; leave --arch out or say --arch " + own.get());
        }
        return configured;
    }

    /** The physical address of the root table, if one was given. */
    Optional<Long> root(ConfiguredArchitecture configured) {
        return root.map(text -> root("--root", text, configured));
    }

    /** The physical address of the root table of the upper half, if one was given. */
    Optional<Long> kernelRoot(ConfiguredArchitecture configured) {
        return kernelRoot.map(text -> root("--kernel-root", text, configured));
    }

    private static long root(String option, String text, ConfiguredArchitecture configured) {
        try {
            return configured.architecture().rootAddress(configured.configuration(), address(option, text));
        } catch (IllegalArgumentException e) {
            throw CommandException.badInput(option + " " + text + ": " + e.getMessage());
        }
    }

    /** A number as C writes it: 0x and hexadecimal digits, or decimal ones. */
    static long address(String what, String text) {
        try {
            return text.startsWith("0x") || text.startsWith("0X") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw CommandException.badInput(what + " " + text + ": not an address; write 0xffff888000001000");
        }
    }

    /** Says that no root was given. */
    static CommandException noRoot() {
        return CommandException.badInput("where do the tables begin? Give --root (x86-64: CR3, arm64: TTBR0_EL1, RISC-V: satp; QEMU's"
                + " monitor shows them with `info registers`), or --kernel-root");
    }
}
