package org.mmkit.kconfig.macro;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the answers of toolchain probes in a file, between runs and shared by runs at the same time.
 *
 * <p>The key of an answer is the command and the identity of everything that it names: the size and time of each
 * program found on {@code PATH} and of each file, the absence of a file, and the variables that change what compilers do.
 * Commands that name no program, or one whose answer changes by itself, are not remembered, nor are answers with
 * error output. The file is read once and replaced by renaming, and each line carries a sum, so that damaged ones do not
 * count; what two runs add at the same time may be lost,
 * never wrong. Safe for any thread.
 */
public final class ProbeCache {

    private static final String HEADER = "mmkit-kconfig-probes 2";
    private static final int MAX_ENTRIES = 20_000;
    private static final Set<String> FICKLE = Set.of("date", "git", "hg", "hostname", "uname", "whoami", "id", "nproc",
            "free", "env", "ls", "find", "stat", "curl", "wget", "getconf", "ps", "df", "od", "shuf");
    private static final Set<String> BUILTIN = Set.of("set", "if", "then", "else", "fi", "test", "echo", "trap", "exit",
            "command", "cd", "true", "false", "printf", "for", "do", "done", "while", "case", "esac", "eval", "exec", "in",
            "rm", "mkdir", "cat");
    private static final List<String> VARIABLES = List.of("PATH", "LANG", "LC_ALL", "LC_MESSAGES", "CPATH",
            "C_INCLUDE_PATH", "GCC_EXEC_PREFIX", "COMPILER_PATH", "LIBRARY_PATH", "LD_LIBRARY_PATH", "SDKROOT",
            "SOURCE_DATE_EPOCH", "RUSTUP_TOOLCHAIN", "RUSTUP_HOME", "CARGO_HOME", "GCC_COMPARE_DEBUG");

    private final Path file;
    private final Path directory;
    private final Map<String, String> environment;
    private final List<Path> searchPath = new ArrayList<>();
    private final String surroundings;
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final Map<String, String> identities = new ConcurrentHashMap<>();
    private volatile boolean changed;

    /**
     * A cache in {@code file}, which need not exist.
     *
     * @param environment the environment of the commands
     * @param directory their working directory
     */
    public ProbeCache(Path file, Map<String, String> environment, Path directory) {
        this.file = file;
        this.directory = directory;
        this.environment = Map.copyOf(environment);
        for (String d : environment.getOrDefault("PATH", "/usr/bin:/bin").split(":")) {
            if (!d.isEmpty()) {
                searchPath.add(directory.resolve(d));
            }
        }
        StringBuilder out = new StringBuilder();
        for (String v : VARIABLES) {
            out.append(v).append('=').append(environment.getOrDefault(v, "")).append('\n');
        }
        // A compiler starts these by itself.
        out.append(identity("as")).append(identity("ld")).append(identity("sh"));
        surroundings = out.toString();
        load();
    }

    /** Where the cache of a user is: below {@code XDG_CACHE_HOME} or {@code HOME}; null when there is no place. */
    public static @Nullable Path defaultFile(Map<String, String> environment) {
        String chosen = environment.get("MM_PROBE_CACHE");
        if (chosen != null) {
            return chosen.isEmpty() || chosen.equals("off") ? null : Path.of(chosen);
        }
        String base = environment.get("XDG_CACHE_HOME");
        String home = environment.get("HOME");
        if (base == null || base.isEmpty()) {
            if (home == null || !Files.isDirectory(Path.of(home))) {
                return null;
            }
            base = home + "/.cache";
        }
        return Path.of(base, "mmkit", "kconfig-probes");
    }

    private void load() {
        try {
            List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
            if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
                return;
            }
            for (String line : lines.subList(1, lines.size())) {
                int blank = line.indexOf(' ');
                int second = line.indexOf(' ', blank + 1);
                // A damaged line is as good as none.
                if (blank > 0 && second > 0 && line.substring(blank + 1, second)
                        .equals(digest(line.substring(0, blank) + line.substring(second)))) {
                    answers.put(line.substring(0, blank), unescape(line.substring(second + 1)));
                }
            }
        } catch (IOException e) {
            // No cache yet, or one that cannot be read: every probe runs.
        }
    }

    /** Writes what was added; nothing happens when the place cannot be written. */
    public void save() {
        if (!changed || answers.size() > MAX_ENTRIES) {
            return;
        }
        changed = false;
        StringBuilder out = new StringBuilder(HEADER).append('\n');
        new TreeMap<>(answers).forEach((key, answer) -> {
            String rest = " " + escape(answer);
            out.append(key).append(' ').append(digest(key + rest)).append(rest).append('\n');
        });
        try {
            Path parent = file.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Path part = Files.createTempFile(parent, file.getFileName().toString(), ".tmp");
            try {
                Files.write(part, out.toString().getBytes(StandardCharsets.ISO_8859_1));
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            // A cache that cannot be written is no error: the next run probes again.
        }
    }

    /** The key under which the answer of {@code command} may be kept; null when it must not be. */
    @Nullable String key(String command) {
        Set<String> words = new TreeSet<>();
        int start = -1;
        for (int i = 0; i <= command.length(); i++) {
            char c = i < command.length() ? command.charAt(i) : ' ';
            boolean part = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
                    || "_./+-$".indexOf(c) >= 0;
            if (part && start < 0) {
                start = i;
            } else if (!part && start >= 0) {
                words.add(command.substring(start, i));
                start = -1;
            }
        }
        StringBuilder out = new StringBuilder(command).append('\n').append(surroundings);
        boolean program = false;
        for (String word : words) {
            if (FICKLE.contains(word)) {
                return null;
            }
            if (word.indexOf('$') >= 0) {
                String name = word.substring(word.indexOf('$') + 1);
                out.append(word).append('=').append(environment.getOrDefault(name, "")).append('\n');
            } else if (word.charAt(0) != '-') {
                String identity = identity(word);
                program |= !BUILTIN.contains(word) && word.indexOf('/') < 0 && !identity.isEmpty();
                program |= word.indexOf('/') >= 0 && identity.endsWith("x\n");
                out.append(identity);
            }
        }
        return program ? digest(out.toString()) : null;
    }

    /** Size and time of the program or file that {@code word} names; empty when it names none. */
    private String identity(String word) {
        return identities.computeIfAbsent(word, w -> {
            try {
                if (w.indexOf('/') >= 0) {
                    Path p = directory.resolve(w);
                    String s = describe(p);
                    return w + (s.isEmpty() ? " absent\n" : s);
                }
                for (Path d : searchPath) {
                    Path p = d.resolve(w);
                    if (Files.isRegularFile(p) && Files.isExecutable(p)) {
                        return p + describe(p);
                    }
                }
                return "";
            } catch (InvalidPathException e) {
                return "";
            }
        });
    }

    private static String describe(Path p) {
        try {
            BasicFileAttributes a = Files.readAttributes(p, BasicFileAttributes.class);
            return " " + a.size() + " " + a.lastModifiedTime().toMillis() + " " + a.fileKey()
                    + (a.isRegularFile() && Files.isExecutable(p) ? " x\n" : "\n");
        } catch (IOException e) {
            return "";
        }
    }

    @Nullable String get(String key) {
        return answers.get(key);
    }

    void put(String key, String answer) {
        answers.put(key, answer);
        changed = true;
    }

    /** 128 bits of a hash that is quick to load; the input comes from the user's own machine. */
    private static String digest(String text) {
        long a = 0xcbf29ce484222325L;
        long b = 0x9E3779B97F4A7C15L;
        for (int i = 0; i < text.length(); i++) {
            a = (a ^ text.charAt(i)) * 0x100000001b3L;
            b = (Long.rotateLeft(b, 5) ^ text.charAt(i)) * 0xff51afd7ed558ccdL;
        }
        b ^= b >>> 32;
        return HexFormat.of().toHexDigits(a) + HexFormat.of().toHexDigits(b);
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }

    private static String unescape(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                char d = text.charAt(++i);
                out.append(d == 'n' ? '\n' : d == 'r' ? '\r' : d);
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
