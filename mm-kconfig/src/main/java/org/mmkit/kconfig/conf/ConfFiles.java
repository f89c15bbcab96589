package org.mmkit.kconfig.conf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.parser.SourceFiles;

/** The files that the command reads and writes, below its working directory. */
final class ConfFiles {

    private final Path directory;
    private final Map<String, String> environment;
    private final SourceFiles sources;

    ConfFiles(Path directory, Map<String, String> environment) {
        this.directory = directory;
        this.environment = environment;
        String srctree = environment.get("srctree");
        this.sources = SourceFiles.directories(directory, srctree == null ? null : directory.resolve(srctree));
    }

    SourceFiles sources() {
        return sources;
    }

    /** A file in the working directory or in {@code srctree}; null when there is none. */
    byte @Nullable [] read(String name) {
        if (name.isEmpty()) {
            return null;
        }
        // A directory can be opened, and ends at once.
        return Files.isDirectory(path(name)) ? new byte[0] : sources.read(name);
    }

    Path path(String name) {
        return directory.resolve(name);
    }

    String configName() {
        return environment.getOrDefault("KCONFIG_CONFIG", ".config");
    }

    String autoConfName() {
        return environment.getOrDefault("KCONFIG_AUTOCONFIG", "include/config/auto.conf");
    }

    String headerName() {
        return environment.getOrDefault("KCONFIG_AUTOHEADER", "include/generated/autoconf.h");
    }

    String rustcName() {
        return environment.getOrDefault("KCONFIG_RUSTCCFG", "include/generated/rustc_cfg");
    }

    /** Makes the directories above a file. */
    void makeParents(String name) throws IOException {
        int slash = name.lastIndexOf('/');
        if (slash > 0) {
            Path parent = path(name.substring(0, slash));
            if (!Files.isDirectory(parent)) {
                Files.createDirectories(parent);
            }
        }
    }

    /** Writes beside {@code name} and renames, so that nobody ever sees half a file. */
    void replace(String name, String content) throws IOException {
        makeParents(name);
        Path temporary = path(name + ".tmp");
        Files.write(temporary, content.getBytes(StandardCharsets.ISO_8859_1));
        Files.move(temporary, path(name), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Writes into the file itself, which keeps links. */
    void overwrite(String name, String content) throws IOException {
        Files.write(path(name), content.getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * Writes a configuration and keeps the one before as {@code .old}.
     *
     * @return false when the file has this content already and was left alone
     */
    boolean replaceKeepingOld(String name, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
        Path target = path(name);
        boolean exists = Files.exists(target);
        if (exists && Arrays.equals(Files.readAllBytes(target), bytes)) {
            return false;
        }
        Path temporary = path(name + "." + ProcessHandle.current().pid() + ".tmp");
        Files.write(temporary, bytes);
        if (exists) {
            Files.move(target, path(name + ".old"), StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        return true;
    }
}
