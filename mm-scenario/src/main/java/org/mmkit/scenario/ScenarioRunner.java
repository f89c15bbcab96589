package org.mmkit.scenario;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.api.file.FileSystem;
import org.mmkit.api.file.Inode;
import org.mmkit.api.space.MapFlags;
import org.mmkit.core.Machine;
import org.mmkit.core.MachineBuilder;
import org.mmkit.core.PathException;
import org.mmkit.core.observe.PageRun;
import org.mmkit.core.process.Process;
import org.mmkit.core.vfs.FileDescription;
import org.mmkit.core.vfs.FileTable;
import org.mmkit.scenario.syntax.Expression;
import org.mmkit.scenario.syntax.Operation;
import org.mmkit.scenario.syntax.Scenario;
import org.mmkit.scenario.syntax.ScenarioException;
import org.mmkit.scenario.syntax.Statement;

/**
 * Runs a scenario on a machine of its own and gives the rows that a kernel's recording of it has.
 *
 * <p>After every statement the machine verifies its invariants; a violation ends the run with {@link
 * org.mmkit.api.InvariantViolation}. One runner runs one scenario; not thread-safe.
 */
public final class ScenarioRunner {

    private static final long MEMORY = 24L << 30;
    private static final int MOST_ARGUMENTS = 6;
    /** How long a kernel thread that a write has woken is given; it scans in far less. */
    private static final long SETTLE_NANOSECONDS = 10_000_000;

    private final String file;
    private final Machine machine;
    private final Consumer<JsonObject> rows;
    private final SystemCalls calls;
    private final Counts counts;
    private final Task first;
    private final long tableKilobytes;
    private final long sizeKilobytes;
    private final long page;

    private ScenarioRunner(String file, Machine machine, Consumer<JsonObject> rows) {
        this.file = file;
        this.machine = machine;
        this.rows = rows;
        this.calls = new SystemCalls(machine);
        this.page = machine.architecture().layout(machine.configuration()).size(1);
        this.first = StartingState.firstTask(machine, file);
        settle();
        this.counts = new Counts(machine);
        this.tableKilobytes = status(first, "VmPTE");
        this.sizeKilobytes = status(first, "VmSize");
    }

    /** The machine that recordings were made on: x86-64 with 24 GB, Linux 6.18. */
    public static MachineBuilder machine() {
        return Machine.builder().arch("x86_64").kernel("6.18").memory(MEMORY);
    }

    /**
     * Runs {@code scenario} on {@code machine}, which nothing was done on yet, and gives each row to {@code rows} as it comes.
     *
     * @throws ScenarioException when a line cannot be carried out as it is written
     */
    public static void run(Scenario scenario, Machine machine, Consumer<JsonObject> rows) throws ScenarioException {
        StartingState.prepare(machine);
        new ScenarioRunner(scenario.file(), machine, rows).run(scenario.statements());
    }

    /** A runner with one process on {@code machine}, whose settings stay as they are. */
    static ScenarioRunner interactive(String file, Machine machine, Consumer<JsonObject> rows) {
        return new ScenarioRunner(file, machine, rows);
    }

    /** The process that lines outside blocks run in. */
    int pid() {
        return first.process().pid();
    }

    /** Runs {@code statements} after those that were run before. */
    void run(List<Statement> statements) throws ScenarioException {
        run(first, statements);
    }

    private void run(Task task, List<Statement> statements) throws ScenarioException {
        for (Statement statement : statements) {
            if (statement instanceof Statement.Child) {
                runChild(task, (Statement.Child) statement);
            } else if (statement instanceof Statement.Parent) {
                run(task.parent().orElseThrow(), ((Statement.Parent) statement).body());
            } else {
                runLine(task, statement);
            }
            machine.verify();
        }
    }

    private void runChild(Task task, Statement.Child block) throws ScenarioException {
        Optional<Task> child = task.fork();
        if (child.isEmpty()) {
            emit(new Row(block.line(), "call").put("op", "fork").failed(Errno.ENOMEM));
            return;
        }
        machine.verify();
        run(child.get(), block.body());
        child.get().exit();
        emit(new Row(block.end(), "child").put("exit", 0));
    }

    private void runLine(Task task, Statement statement) throws ScenarioException {
        int line = statement.line();
        if (statement instanceof Statement.Assignment) {
            Statement.Assignment assignment = (Statement.Assignment) statement;
            task.names().assign(line, assignment.target(), assignment.value());
        } else if (statement instanceof Statement.Echo) {
            Statement.Echo echo = (Statement.Echo) statement;
            long result = write(task, echo);
            settle();
            emit(result(line, "write", Math.min(result, 0)));
        } else if (statement instanceof Statement.Cat) {
            emit(cat(task, (Statement.Cat) statement));
        } else if (statement instanceof Statement.Mount) {
            Statement.Mount mount = (Statement.Mount) statement;
            String options = String.join(",", mount.options());
            emit(result(line, "mount", task.process().call(() -> mount.remount()
                    ? machine.vfs().remount(options, mount.directory(), mount.readOnly())
                    : machine.vfs().mount(mount.type(), options, mount.directory(), mount.readOnly()))));
        } else if (statement instanceof Statement.Unmount) {
            emit(result(line, "umount", task.process().call(() -> machine.vfs().umount(((Statement.Unmount) statement).directory()))));
        } else {
            runCall(task, (Statement.Call) statement);
        }
    }

    private long write(Task task, Statement.Echo echo) {
        String text = echo.text() + "\n";
        // With several memory nodes it matters who writes: the policy of the process may say where memory comes from.
        return machine.memory().nodes().count() == 1
                ? machine.write(task.process(), echo.path(), text)
                : task.process().call(() -> machine.write(task.process(), echo.path(), text));
    }

    private void emit(Row row) {
        rows.accept(row.json());
    }

    private static Row result(int line, String operation, long result) {
        Row row = new Row(line, "call").put("op", operation);
        return result < 0 ? row.failed(-result) : row.put("ret", 0);
    }

    private Row cat(Task task, Statement.Cat cat) {
        Row row = new Row(cat.line(), "cat");
        try {
            String text = machine.read(task.process(), cat.path());
            int end = text.length();
            while (end > 0 && text.charAt(end - 1) == '\n') {
                end--;
            }
            return row.put("value", text.substring(0, end));
        } catch (PathException e) {
            return row.failed(e.errno());
        }
    }

    /** Lets kernel threads do what is due now. */
    private void settle() {
        machine.clock().advance(SETTLE_NANOSECONDS);
    }

    private void runCall(Task task, Statement.Call call) throws ScenarioException {
        int line = call.line();
        Operation operation = call.operation();
        long[] a = new long[MOST_ARGUMENTS];
        String text = "";
        int given = call.arguments().size();
        for (int i = 0; i < given; i++) {
            Expression argument = call.arguments().get(i);
            if (i == 0 && operation.takesText()) {
                text = task.names().text(line, argument);
            } else {
                a[i] = task.names().number(line, argument);
            }
        }
        switch (operation) {
            case STORE, LOAD -> emit(touch(task, call, a, given));
            case SMAPS -> emit(new Row(line, "smaps").put("vmas", SmapsView.areas(
                    machine.read("/proc/" + task.process().pid() + "/smaps"), a[0], a[0] + (given > 1 ? a[1] : 1))));
            case PAGEMAP -> emit(pagemap(line, task, a[0], given > 1 ? a[1] : page));
            case LRU -> emit(new Row(line, "lru").put("runs", LruView.runs(machine.pagemap(), task.process().space(), a[0], given > 1 ? a[1] : page, page)));
            case VMSTAT -> emit(counts.vmstat(line, call.words()));
            case MTHP -> emit(counts.mthp(line, call.words()));
            case MEMINFO -> emit(counts.meminfo(line));
            case MEMMAP -> emit(counts.memmap(line));
            case HUGETLB -> emit(pool(line, a[0]));
            case STATUS -> emit(status(line, task));
            case FSTAT -> emit(fstat(line, task, a[0]));
            case STATFS -> emit(statfs(line, text));
            case ALIGNED -> emit(aligned(line, a));
            case KHUGEPAGED -> {
                new KhugepagedPasses(machine).run(a[0]);
                settle();
                emit(new Row(line, "khugepaged"));
            }
            default -> systemCall(task, call, text, a);
        }
    }

    private void systemCall(Task task, Statement.Call call, String text, long[] a) {
        Operation operation = call.operation();
        long result;
        if (operation == Operation.PIN) {
            result = task.pin(call.words().get(0), a[0], a[1]);
        } else if (operation == Operation.UNPIN) {
            result = task.unpin(a[0]);
        } else {
            result = calls.call(operation, task, text, a);
        }
        call.target().ifPresent(name -> task.names().set(name, Errno.isError(result) ? -1 : result));
        Row row = new Row(call.line(), "call").put("op", operation.label());
        if (Errno.isError(result)) {
            emit(row.failed(-result));
            return;
        }
        switch (operation) {
            case MMAP -> emit(address(row, result, a[0] != 0));
            case MREMAP -> emit(address(row, result, result == a[0] || (a[3] & MapFlags.MREMAP_FIXED) != 0));
            case SHMAT -> emit(address(row, result, a[1] != 0));
            case BRK_AREA -> emit(address(row, result, false));
            case MEMFD_CREATE, OPEN, SHMGET -> emit(row.put("ret", "handle"));
            case PRCTL, FCNTL -> emit(row.put("ret", result));
            default -> emit(row.put("ret", 0));
        }
    }

    private static Row address(Row row, long address, boolean asked) {
        return row.put("ret", asked ? "0x" + Long.toHexString(address) : "addr");
    }

    private Row touch(Task task, Statement.Call call, long[] a, int given) throws ScenarioException {
        boolean store = call.operation() == Operation.STORE;
        long length = given > 1 ? a[1] : 1;
        long step = given > 2 ? a[2] : page;
        int value = (int) (given > 3 ? a[3] : 1) & 0xff;
        if (step == 0) {
            throw new ScenarioException(file, call.line(), 0, "a step of 0 never ends; write 1 or more");
        }
        Process process = task.process();
        Row row = new Row(call.line(), call.operation().label());
        ValueRuns values = new ValueRuns();
        long before = process.faults();
        long offset = 0;
        while (Long.compareUnsigned(offset, length) < 0) {
            int found = store ? process.store(a[0] + offset, value) : process.load(a[0] + offset);
            if (found < 0) {
                return row.put("signal", signal(-found)).put("at", offset);
            }
            if (!store) {
                values.add(found);
            }
            if (Long.compareUnsigned(offset + step, offset) < 0) {
                break;
            }
            offset += step;
        }
        if (!store) {
            row.put("values", values.toJson());
        }
        return row.put("faults", process.faults() - before);
    }

    private static String signal(int number) {
        return number == Process.SIGBUS ? "SIGBUS" : number == Process.SIGKILL ? "SIGKILL" : "SIGSEGV";
    }

    private Row pagemap(int line, Task task, long address, long length) {
        JsonArray runs = new JsonArray();
        long start = address & -page;
        long pages = (length + page - 1) / page;
        for (PageRun run : machine.pagemap().runs(task.process().space(), start, pages * page)) {
            JsonArray pair = new JsonArray();
            pair.add(describe(run));
            pair.add(run.pages());
            runs.add(pair);
        }
        return new Row(line, "pagemap").put("runs", runs);
    }

    private static String describe(PageRun run) {
        boolean huge = run.level() > 1;
        return switch (run.kind()) {
            case ZERO -> huge ? "hugezero" : "zero";
            case MEMORY -> (!huge ? "pte" : run.level() > 2 ? "pud" : "pmd") + (run.anonymous() ? " anon" : " file")
                    + (run.hugetlb() ? " hugetlb" : "") + " o" + run.order()
                    + (run.firstInFolio() == 0 ? "" : "+" + run.firstInFolio());
            default -> run.kind().name().toLowerCase(Locale.ROOT);
        };
    }

    private Row pool(int line, long size) {
        Row row = new Row(line, "hugetlb");
        for (String name : List.of("nr_hugepages", "free_hugepages", "resv_hugepages", "surplus_hugepages",
                "nr_overcommit_hugepages")) {
            String path = "/sys/kernel/mm/hugepages/hugepages-" + (size >> 10) + "kB/" + name;
            row.put(name, PseudoFiles.exists(machine, path) ? PseudoFiles.number(machine.read(path)) : -1);
        }
        return row;
    }

    private long status(Task task, String field) {
        return PseudoFiles.field(machine.read("/proc/" + task.process().pid() + "/status"), field).orElse(0);
    }

    private Row status(int line, Task task) {
        Row row = new Row(line, "status");
        for (String name : List.of("HugetlbPages", "VmLck", "VmPin", "THP_enabled")) {
            row.put(name, status(task, name));
        }
        if (task.parent().isEmpty()) {
            row.put("VmPTE", status(task, "VmPTE") - tableKilobytes).put("VmSize", status(task, "VmSize") - sizeKilobytes);
        }
        return row;
    }

    private static Row fstat(int line, Task task, long fd) {
        Row row = new Row(line, "fstat");
        FileDescription file = fd < 0 || fd > Integer.MAX_VALUE ? null : task.files().get((int) fd);
        if (file == null) {
            return row.failed(Errno.EBADF);
        }
        Inode inode = file.inode();
        return row.put("size", inode.size()).put("blocks", inode.blocks()).put("blksize", inode.blockSize());
    }

    private Row statfs(int line, String path) {
        Row row = new Row(line, "statfs");
        try {
            FileSystem found = machine.vfs().statfs(path);
            return row.put("bsize", found.blockSize()).put("blocks", found.blocks()).put("bfree", found.freeBlocks())
                    .put("bavail", found.freeBlocks());
        } catch (ErrnoException e) {
            return row.failed(e.errno());
        }
    }

    private Row aligned(int line, long[] a) throws ScenarioException {
        if (a[1] == 0) {
            throw new ScenarioException(file, line, 0, "nothing is divided by 0; write aligned(addr, 2M)");
        }
        return new Row(line, "aligned").put("value", a[0] % a[1] == 0);
    }
}
