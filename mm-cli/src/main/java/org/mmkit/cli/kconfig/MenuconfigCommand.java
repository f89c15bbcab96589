package org.mmkit.cli.kconfig;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.mmkit.cli.CommandException;
import org.mmkit.cli.ExitCode;
import org.mmkit.kconfig.menu.Key;
import org.mmkit.kconfig.menu.MenuSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mm kconfig menuconfig}: the menu in a terminal. */
@Command(
        name = "menuconfig",
        headerHeading = "Example: mm kconfig menuconfig --tree linux%n%n",
        header = "Change a configuration in a menu.",
        description = "%nShows why hidden entries are hidden (z), searches (/), and asks before unsaved changes are lost.")
final class MenuconfigCommand implements Callable<Integer> {

    private static final int POLL_MILLIS = 20;
    private static final int POLLS_PER_LOOK_AT_THE_SIZE = 25;

    @Spec
    private CommandSpec spec;

    @Mixin
    private TreeOptions options = new TreeOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        String settings = stty("-g");
        if (settings.isEmpty()) {
            throw CommandException.badInput("menuconfig needs a terminal; mm kconfig set changes a configuration without");
        }
        Path file = options.configFile();
        MenuSession session = new MenuSession(options.configuration(options.parse()), content -> OutputFile.replace(file, content));
        PrintWriter out = spec.commandLine().getOut();
        stty("raw", "-echo");
        try {
            while (!session.isFinished()) {
                String size = stty("size");
                draw(out, session, size);
                if (!isKeyBefore(size)) {
                    continue;
                }
                Key key = read(System.in);
                if (key == null) {
                    break;
                }
                session.press(key);
            }
        } finally {
            stty(settings);
            out.print("\u001b[2J\u001b[H");
            out.flush();
        }
        if (session.hasUnsavedChanges()) {
            spec.commandLine().getErr().println("changes were not saved");
        }
        return ExitCode.DONE;
    }

    /** Waits for a key; false when the terminal gets another size than {@code shown} before. */
    private static boolean isKeyBefore(String shown) throws IOException, InterruptedException {
        for (int i = 1; System.in.available() == 0; i++) {
            Thread.sleep(POLL_MILLIS);
            if (i % POLLS_PER_LOOK_AT_THE_SIZE == 0) {
                String size = stty("size");
                if (size.isEmpty()) {
                    // The terminal has gone: the read that follows says so.
                    return true;
                }
                if (!size.equals(shown)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** {@code text} with a question mark for what the locale's characters do not include. */
    private static String plain(String text, CharsetEncoder encoder) {
        if (encoder.canEncode(text)) {
            return text;
        }
        StringBuilder result = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            String one = Character.toString(c);
            result.append(encoder.canEncode(one) ? one : "?");
        });
        return result.toString();
    }

    private static void draw(PrintWriter out, MenuSession session, String terminal) {
        String[] size = terminal.split(" ");
        CharsetEncoder encoder = Charset.forName(System.getProperty("native.encoding", "UTF-8")).newEncoder();
        int height = size.length == 2 ? Math.max(8, Integer.parseInt(size[0])) : 24;
        int width = size.length == 2 ? Math.max(20, Integer.parseInt(size[1])) : 80;
        List<String> lines = session.screen(width, height);
        StringBuilder screen = new StringBuilder("\u001b[2J\u001b[H");
        for (int i = 0; i < lines.size(); i++) {
            String line = plain(lines.get(i), encoder);
            boolean marked = line.startsWith("> ");
            screen.append(marked ? "\u001b[7m" : "").append(line).append(marked ? "\u001b[0m" : "")
                    .append(i + 1 < lines.size() ? "\r\n" : "");
        }
        out.print(screen);
        out.flush();
    }

    /** The next key; null at the end of the input. */
    private static @Nullable Key read(InputStream in) throws IOException, InterruptedException {
        int c = in.read();
        switch (c) {
            case -1, 3, 4:
                return null;
            case '\r', '\n':
                return Key.of(Key.Kind.ENTER);
            case 8, 127:
                return Key.of(Key.Kind.BACKSPACE);
            case 27:
                return escape(in);
            default:
                return Key.of((char) c);
        }
    }

    /** A key that begins with an escape, or Escape itself when nothing follows at once. */
    private static Key escape(InputStream in) throws IOException, InterruptedException {
        for (int i = 0; i < 5 && in.available() == 0; i++) {
            Thread.sleep(10);
        }
        if (in.available() == 0) {
            return Key.of(Key.Kind.ESCAPE);
        }
        int first = in.read();
        int second = first == '[' || first == 'O' ? in.read() : first;
        if (second == '5' || second == '6') {
            in.read();
        }
        return Key.of(switch (second) {
            case 'A' -> Key.Kind.UP;
            case 'B' -> Key.Kind.DOWN;
            case 'C' -> Key.Kind.RIGHT;
            case 'D' -> Key.Kind.LEFT;
            case 'H' -> Key.Kind.HOME;
            case 'F' -> Key.Kind.END;
            case '5' -> Key.Kind.PAGE_UP;
            case '6' -> Key.Kind.PAGE_DOWN;
            default -> Key.Kind.ESCAPE;
        });
    }

    /** Runs stty on the terminal; its output, empty when there is no terminal. */
    private static String stty(String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = "stty";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return process.waitFor() == 0 ? output : "";
    }
}
