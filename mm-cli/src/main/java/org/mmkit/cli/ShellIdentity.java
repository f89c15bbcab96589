package org.mmkit.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mmkit.api.Errno;
import org.mmkit.api.task.Capability;
import org.mmkit.core.process.Credentials;
import org.mmkit.core.process.Process;

/** The words of the shell that say who its process is and what it may lock: id, setpriv, ulimit -l. As exec of setpriv(1), they last. */
final class ShellIdentity {

    private static final int KIB_SHIFT = 10;

    private static final Map<String, Integer> CAPABILITIES = new LinkedHashMap<>();

    static {
        CAPABILITIES.put("dac_override", Capability.CAP_DAC_OVERRIDE);
        CAPABILITIES.put("fowner", Capability.CAP_FOWNER);
        CAPABILITIES.put("setgid", Capability.CAP_SETGID);
        CAPABILITIES.put("setuid", Capability.CAP_SETUID);
        CAPABILITIES.put("ipc_lock", Capability.CAP_IPC_LOCK);
        CAPABILITIES.put("sys_admin", Capability.CAP_SYS_ADMIN);
        CAPABILITIES.put("sys_resource", Capability.CAP_SYS_RESOURCE);
    }

    private final Credentials who;

    ShellIdentity(Process process) {
        this.who = process.credentials();
    }

    /** Carries {@code line} out and says what came of it; {@link CommandException} for what is not understood. */
    String line(String line) {
        String[] words = line.split("\\s+");
        return switch (words[0]) {
            case "id" -> id();
            case "ulimit" -> limit(words);
            default -> setpriv(words);
        };
    }

    private String id() {
        String groups = Stream.concat(Stream.of(who.gid()), new TreeSet<>(who.groups()).stream()).distinct().map(String::valueOf)
                .collect(Collectors.joining(","));
        String caps = who.capabilities() == Capability.ALL ? "all" : CAPABILITIES.entrySet().stream()
                .filter(e -> who.isCapable(e.getValue())).map(Map.Entry::getKey).collect(Collectors.joining(","));
        return "uid=" + who.uid() + " gid=" + who.gid() + " groups=" + groups + " caps=" + (caps.isEmpty() ? "none" : caps);
    }

    private String limit(String[] words) {
        if (words.length < 2 || words.length > 3 || !words[1].matches("-[SH]?l")) {
            throw CommandException.badInput("ulimit -l [KILOBYTES|unlimited]: RLIMIT_MEMLOCK is the limit that the machine knows");
        }
        boolean softOnly = words[1].equals("-Sl");
        if (words.length == 2) {
            long bytes = words[1].equals("-Hl") ? who.hardLockLimit() : who.lockLimit();
            return bytes == Credentials.UNLIMITED || bytes == Long.MAX_VALUE ? "unlimited" : Long.toString(bytes >> KIB_SHIFT);
        }
        long bytes = Credentials.UNLIMITED;
        if (!words[2].equals("unlimited")) {
            if (!words[2].matches("[0-9]{1,15}")) {
                throw CommandException.badInput("ulimit -l " + words[2] + ": a number of kilobytes, or unlimited");
            }
            bytes = Long.parseLong(words[2]) << KIB_SHIFT;
        }
        return answer(who.limitLocked(bytes, softOnly ? who.hardLockLimit() : bytes));
    }

    /** Groups, then the group, then the user, as setpriv(1) does, for the user is what the right to the others comes from. */
    private String setpriv(String[] words) {
        Optional<Integer> user = Optional.empty();
        Optional<Integer> group = Optional.empty();
        Optional<Set<Integer>> groups = Optional.empty();
        long drop = 0;
        for (int i = 1; i < words.length; i++) {
            int sign = words[i].indexOf('=');
            String option = sign < 0 ? words[i] : words[i].substring(0, sign);
            String value = sign < 0 ? "" : words[i].substring(sign + 1);
            switch (option) {
                case "--reuid" -> user = Optional.of(number(words[i], value));
                case "--regid" -> group = Optional.of(number(words[i], value));
                case "--clear-groups" -> groups = Optional.of(Set.of());
                case "--groups" -> groups = Optional.of(Stream.of(value.split(",")).map(g -> number(value, g)).collect(Collectors.toSet()));
                case "--caps" -> drop |= dropped(value);
                default -> throw CommandException.badInput("setpriv " + words[i]
                        + ": there are --reuid=N, --regid=N, --groups=N,N, --clear-groups and --caps=-NAME,-NAME or -all");
            }
        }
        int result = groups.map(who::setgroups).orElse(0);
        result = result == 0 ? group.map(who::setgid).orElse(0) : result;
        result = result == 0 ? user.map(who::setuid).orElse(0) : result;
        result = result == 0 ? who.capset(who.capabilities() & ~drop) : result;
        return answer(result);
    }

    private static long dropped(String value) {
        long bits = 0;
        for (String word : value.split(",")) {
            String name = word.startsWith("-") ? word.substring(1) : "?";
            if (name.equals("all")) {
                return Capability.ALL;
            }
            Integer bit = CAPABILITIES.get(name);
            if (bit == null) {
                throw CommandException.badInput("setpriv --caps=" + value + ": -all, or - and one of " + String.join(", ", CAPABILITIES.keySet()));
            }
            bits |= 1L << bit;
        }
        return bits;
    }

    private static int number(String option, String text) {
        if (!text.matches("[0-9]{1,9}")) {
            throw CommandException.badInput("setpriv " + option + ": a number is wanted");
        }
        return Integer.parseInt(text);
    }

    private static String answer(int result) {
        return result == 0 ? "= 0" : "= -1 " + Errno.name(-result);
    }
}
