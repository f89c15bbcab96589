package org.mmkit.kconfig;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mmkit.kconfig.macro.MacroShell;

/**
 * What the kernel's Makefile sets before it runs {@code conf}: the variables that its Kconfig files read.
 */
public final class LinuxTree {

    private LinuxTree() {
    }

    /** Whether {@code directory} is the top of a Linux source tree. */
    public static boolean isAt(Path directory) {
        return Files.isRegularFile(directory.resolve("Kconfig"))
                && Files.isRegularFile(directory.resolve("scripts/Kconfig.include"));
    }

    /** The name of the folder below {@code arch/} for a value of {@code ARCH}. */
    public static String sourceArchitecture(String arch) {
        return switch (arch) {
            case "i386", "x86_64" -> "x86";
            case "sparc32", "sparc64" -> "sparc";
            case "parisc64" -> "parisc";
            default -> arch;
        };
    }

    /** The value of {@code ARCH} for a machine as {@code uname -m} or Java names it. */
    public static String architectureOf(String machine) {
        return switch (machine) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm64";
            case "riscv64" -> "riscv";
            case "s390x" -> "s390";
            case "ppc64le", "ppc64", "ppc" -> "powerpc";
            default -> machine;
        };
    }

    /**
     * The environment for the tree at {@code directory}: that of {@code outer}, completed with defaults.
     *
     * @param shell asks the compiler for its version
     */
    public static Map<String, String> environment(Path directory, String arch, Map<String, String> outer,
            MacroShell shell) throws IOException {
        Map<String, String> env = new HashMap<>(outer);
        env.put("ARCH", arch);
        env.put("SRCARCH", sourceArchitecture(arch));
        env.putIfAbsent("SUBARCH", "x86");
        env.put("srctree", directory.toAbsolutePath().normalize().toString());
        for (String[] d : List.of(new String[] {"CC", "gcc"}, new String[] {"HOSTCC", "gcc"}, new String[] {"LD", "ld"},
                new String[] {"AR", "ar"}, new String[] {"NM", "nm"}, new String[] {"OBJCOPY", "objcopy"},
                new String[] {"PAHOLE", "pahole"}, new String[] {"RUSTC", "rustc"},
                new String[] {"BINDGEN", "bindgen"}, new String[] {"PYTHON3", "python3"},
                new String[] {"CLANG_FLAGS", ""}, new String[] {"RUSTC_VERSION_TEXT", ""})) {
            env.putIfAbsent(d[0], d[1]);
        }
        env.putIfAbsent("RUSTC_OR_CLIPPY", env.getOrDefault("RUSTC", "rustc"));
        if (!env.containsKey("CC_VERSION_TEXT")) {
            String answer = shell.run("LC_ALL=C " + env.get("CC") + " --version 2>/dev/null | head -n 1");
            env.put("CC_VERSION_TEXT", answer.strip());
        }
        if (!env.containsKey("KERNELVERSION")) {
            env.put("KERNELVERSION", version(directory.resolve("Makefile")));
        }
        return env;
    }

    private static String version(Path makefile) throws IOException {
        if (!Files.isRegularFile(makefile)) {
            return "";
        }
        Map<String, String> parts = new HashMap<>();
        for (String line : Files.readAllLines(makefile, StandardCharsets.ISO_8859_1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                parts.putIfAbsent(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
            }
            if (parts.containsKey("EXTRAVERSION")) {
                break;
            }
        }
        return parts.getOrDefault("VERSION", "0") + "." + parts.getOrDefault("PATCHLEVEL", "0") + "."
                + parts.getOrDefault("SUBLEVEL", "0") + parts.getOrDefault("EXTRAVERSION", "");
    }
}
