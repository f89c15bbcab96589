package org.mmkit.cli;

import java.io.PrintWriter;
import org.mmkit.api.Errno;
import org.mmkit.core.Machine;
import org.mmkit.core.PathException;
import org.mmkit.scenario.ScenarioSession;
import org.mmkit.scenario.syntax.ScenarioException;

/** What can be typed to a booted machine: the lines of a scenario, and a few words for people. */
final class Shell {

    private static final String SELF = "/proc/self";
    private static final String[] HELP = {
        "a = mmap(NULL, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)",
        "store(a, 4M)    load(a, 4M, 64K)    madvise(a, 4M, MADV_HUGEPAGE)    munmap(a, 4M)",
        "smaps(a, 4M)    pagemap(a, 4M)      vmstat()    mthp()    meminfo()    khugepaged(1)",
        "mbind(a, 4M, MPOL_BIND, 2, 0)    run_on(1)    move_pages(a, 1)    with several memory nodes; 2 is the set of node 1",
        "child {         the lines up to } run in a forked process",
        "cat /proc/meminfo    ls /sys/kernel/mm    echo always > /sys/kernel/mm/transparent_hugepage/enabled",
        "cat /proc/self/smaps shows the process that the lines run in",
        "explain 0x1000  who holds the frame of that number, and, booted with page_owner=on, since when",
        "mkdir /sys/fs/cgroup/g    rmdir /sys/fs/cgroup/g    make and remove control groups",
        "id    ulimit -l 64    setpriv --reuid=1000 --regid=1000 --groups=27 --caps=-ipc_lock    who the lines run as, for good",
        "dmesg           what the kernel has logged",
        "cat /sys/kernel/debug/page_tables/kernel shows how the memory map is mapped",
        "verify          checks every invariant of the machine (as each line does)",
        "exit",
    };

    private final Machine machine;
    private final ScenarioSession session;
    private final PrintWriter out;

    Shell(Machine machine, ScenarioSession session, PrintWriter out) {
        this.machine = machine;
        this.session = session;
        this.out = out;
    }

    /**
     * Runs one line.
     *
     * @return whether to go on
     * @throws CommandException when the line is not understood or cannot be carried out
     */
    boolean line(String line) {
        String text = line.strip();
        try {
            if (session.isInsideBlock()) {
                session.line(line);
            } else if (text.equals("exit") || text.equals("quit")) {
                return false;
            } else if (text.equals("help")) {
                for (String row : HELP) {
                    out.println(row);
                }
            } else if (text.startsWith("mkdir ") || text.startsWith("rmdir ")) {
                folder(text);
            } else if (text.equals("dmesg")) {
                machine.kernelLog().forEach(out::println);
            } else if (text.equals("explain") || text.startsWith("explain ")) {
                out.print(explanation(text.substring("explain".length()).strip()));
            } else if (text.equals("verify")) {
                machine.verify();
            } else if (text.equals("id") || text.matches("(setpriv|ulimit)( .*)?")) {
                out.println(new ShellIdentity(machine.process(session.pid()).orElseThrow()).line(text));
            } else if (text.startsWith("cat ")) {
                String path = path(text.substring(4));
                out.print(machine.process(session.pid()).map(self -> machine.read(self, path)).orElseGet(() -> machine.read(path)));
            } else if (text.equals("ls") || text.startsWith("ls ")) {
                machine.list(path(text.equals("ls") ? "/" : text.substring(3))).forEach(out::println);
            } else {
                session.line(line);
            }
        } catch (ScenarioException e) {
            String what = String.valueOf(e.getMessage());
            throw CommandException.badInput(what + (what.contains("unknown operation") ? "; help shows what can be typed" : ""));
        } catch (PathException e) {
            throw CommandException.badInput(e);
        } finally {
            out.flush();
        }
        return true;
    }

    /**
     * Says that no more lines come.
     *
     * @throws CommandException when a block is still open
     */
    void end() {
        if (session.isInsideBlock()) {
            throw CommandException.badInput("the lines end inside a block; close it with }");
        }
    }

    private String explanation(String frame) {
        if (!frame.matches("0x[0-9a-fA-F]{1,15}")) {
            throw CommandException.badInput("explain takes the number of a frame, as in explain 0x80200");
        }
        try {
            return machine.explain(Long.parseLong(frame.substring(2), 16)).toString();
        } catch (IllegalArgumentException e) {
            throw CommandException.badInput(e);
        }
    }

    private void folder(String text) {
        String path = text.substring("mkdir ".length()).strip();
        int result = machine.changeFolder(machine.process(session.pid()).orElseThrow(), path, text.startsWith("rmdir"));
        out.println(result == 0 ? "= 0" : "= -1 " + Errno.name(-result));
    }

    private String path(String typed) {
        String path = typed.strip();
        if (path.equals(SELF) || path.startsWith(SELF + "/")) {
            return "/proc/" + session.pid() + path.substring(SELF.length());
        }
        return path;
    }
}
