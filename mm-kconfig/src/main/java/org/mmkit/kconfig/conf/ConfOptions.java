package org.mmkit.kconfig.conf;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The command line, read as {@code getopt_long} reads it: abbreviations, and options anywhere. */
final class ConfOptions {

    /** The modes, in the order of their numbers in the original. */
    enum Mode {
        OLDASKCONFIG, SYNCCONFIG, OLDCONFIG, ALLNOCONFIG, ALLYESCONFIG, ALLMODCONFIG, ALLDEFCONFIG, RANDCONFIG,
        DEFCONFIG, SAVEDEFCONFIG, LISTNEWCONFIG, HELPNEWCONFIG, OLDDEFCONFIG, YES2MODCONFIG, MOD2YESCONFIG,
        MOD2NOCONFIG
    }

    private static final String[] NAMES = {"help", "silent", "oldaskconfig", "oldconfig", "syncconfig", "defconfig",
            "savedefconfig", "allnoconfig", "allyesconfig", "allmodconfig", "alldefconfig", "randconfig",
            "listnewconfig", "helpnewconfig", "olddefconfig", "yes2modconfig", "mod2yesconfig", "mod2noconfig"};

    /** Called for each mode option in turn. */
    interface Listener {

        /** Takes one mode. */
        void mode(Mode mode);
    }

    private final String program;
    private final ConfIo io;
    private final Listener listener;
    private final List<String> operands = new ArrayList<>();
    Mode mode = Mode.OLDASKCONFIG;
    boolean silent;
    boolean sync;
    String defconfig = "";

    ConfOptions(String program, ConfIo io, Listener listener) {
        this.program = program;
        this.io = io;
        this.listener = listener;
    }

    void parse(String[] args) {
        boolean only = false;
        int[] index = {0};
        while (index[0] < args.length) {
            String arg = args[index[0]++];
            if (only || arg.length() < 2 || arg.charAt(0) != '-') {
                operands.add(arg);
            } else if (arg.equals("--")) {
                only = true;
            } else if (arg.startsWith("--")) {
                longOption(arg.substring(2), args, index);
            } else {
                for (int i = 1; i < arg.length(); i++) {
                    shortOption(arg.charAt(i));
                }
            }
        }
        if (operands.isEmpty()) {
            io.error(program + ": Kconfig file missing\n");
            usage();
            throw new ConfExit(1);
        }
    }

    /** The first operand. */
    String kconfig() {
        return operands.get(0);
    }

    private void shortOption(char c) {
        if (c == 's') {
            silent = true;
        } else if (c == 'h') {
            usage();
            throw new ConfExit(1);
        } else {
            io.error(program + ": invalid option -- '" + c + "'\n");
        }
    }

    private void longOption(String text, String[] args, int[] index) {
        int equals = text.indexOf('=');
        String name = equals < 0 ? text : text.substring(0, equals);
        String match = find(name);
        if (match == null) {
            return;
        }
        boolean wantsFile = match.equals("defconfig") || match.equals("savedefconfig");
        String value = equals < 0 ? null : text.substring(equals + 1);
        if (wantsFile && value == null) {
            if (index[0] == args.length) {
                io.error(program + ": option '--" + match + "' requires an argument\n");
                return;
            }
            value = args[index[0]++];
        } else if (!wantsFile && value != null) {
            io.error(program + ": option '--" + match + "' doesn't allow an argument\n");
            return;
        }
        switch (match) {
            case "help" -> shortOption('h');
            case "silent" -> shortOption('s');
            default -> setMode(match, value);
        }
    }

    private void setMode(String name, @Nullable String value) {
        mode = switch (name) {
            case "oldconfig" -> Mode.OLDCONFIG;
            case "syncconfig" -> Mode.SYNCCONFIG;
            case "defconfig" -> Mode.DEFCONFIG;
            case "savedefconfig" -> Mode.SAVEDEFCONFIG;
            case "allnoconfig" -> Mode.ALLNOCONFIG;
            case "allyesconfig" -> Mode.ALLYESCONFIG;
            case "allmodconfig" -> Mode.ALLMODCONFIG;
            case "alldefconfig" -> Mode.ALLDEFCONFIG;
            case "randconfig" -> Mode.RANDCONFIG;
            case "listnewconfig" -> Mode.LISTNEWCONFIG;
            case "helpnewconfig" -> Mode.HELPNEWCONFIG;
            case "olddefconfig" -> Mode.OLDDEFCONFIG;
            case "yes2modconfig" -> Mode.YES2MODCONFIG;
            case "mod2yesconfig" -> Mode.MOD2YESCONFIG;
            case "mod2noconfig" -> Mode.MOD2NOCONFIG;
            default -> Mode.OLDASKCONFIG;
        };
        if (mode == Mode.SYNCCONFIG) {
            silent = true;
            sync = true;
        }
        if (value != null) {
            defconfig = value;
        }
        listener.mode(mode);
    }

    private @Nullable String find(String name) {
        List<String> found = new ArrayList<>();
        for (String n : NAMES) {
            if (n.equals(name)) {
                return n;
            }
            if (n.startsWith(name)) {
                found.add(n);
            }
        }
        if (found.size() == 1) {
            return found.get(0);
        }
        if (found.isEmpty()) {
            io.error(program + ": unrecognized option '--" + name + "'\n");
        } else {
            StringBuilder out = new StringBuilder(program + ": option '--" + name + "' is ambiguous; possibilities:");
            for (String n : found) {
                out.append(" '--").append(n).append('\'');
            }
            io.error(out.append('\n').toString());
        }
        return null;
    }

    private void usage() {
        io.print("Usage: " + program + " [options] <kconfig-file>\n"
                + "\n"
                + "Generic options:\n"
                + "  -h, --help              Print this message and exit.\n"
                + "  -s, --silent            Do not print log.\n"
                + "\n"
                + "Mode options:\n"
                + "  --listnewconfig         List new options\n"
                + "  --helpnewconfig         List new options and help text\n"
                + "  --oldaskconfig          Start a new configuration using a line-oriented program\n"
                + "  --oldconfig             Update a configuration using a provided .config as base\n"
                + "  --syncconfig            Similar to oldconfig but generates configuration in\n"
                + "                          include/{generated/,config/}\n"
                + "  --olddefconfig          Same as oldconfig but sets new symbols to their default value\n"
                + "  --defconfig <file>      New config with default defined in <file>\n"
                + "  --savedefconfig <file>  Save the minimal current configuration to <file>\n"
                + "  --allnoconfig           New config where all options are answered with no\n"
                + "  --allyesconfig          New config where all options are answered with yes\n"
                + "  --allmodconfig          New config where all options are answered with mod\n"
                + "  --alldefconfig          New config with all symbols set to default\n"
                + "  --randconfig            New config with random answer to all options\n"
                + "  --yes2modconfig         Change answers from yes to mod if possible\n"
                + "  --mod2yesconfig         Change answers from mod to yes if possible\n"
                + "  --mod2noconfig          Change answers from mod to no if possible\n"
                + "  (If none of the above is given, --oldaskconfig is the default)\n");
    }
}
