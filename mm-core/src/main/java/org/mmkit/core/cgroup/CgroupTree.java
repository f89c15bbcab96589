package org.mmkit.core.cgroup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Errno;
import org.mmkit.api.cgroup.Cgroup;
import org.mmkit.api.cgroup.CgroupController;
import org.mmkit.api.cgroup.Cgroups;
import org.mmkit.api.file.PseudoFile;
import org.mmkit.api.space.AddressSpace;
import org.mmkit.core.process.Process;
import org.mmkit.core.process.ProcessTable;
import org.mmkit.core.pseudofs.PseudoFileSystem;

/**
 * The one hierarchy of cgroup v2 (kernel/cgroup/cgroup.c): folders that mkdir makes, with cgroup.procs, cgroup.controllers and
 * cgroup.subtree_control, and the files of the controllers that the group above has switched on. A process begins in the group of the one that
 * forked it. Threads, delegation and freezing are not modelled. Not thread-safe.
 */
public final class CgroupTree implements Cgroups, PseudoFileSystem.Directory {

    /** Where it is mounted. */
    public static final String MOUNT = "/sys/fs/cgroup";

    private final ProcessTable processes;
    private final Map<String, CgroupController> controllers = new TreeMap<>();
    private final Node root = new Node("", null);
    /** The groups of processes outside the root, by pid. */
    private final Map<Integer, Node> members = new ConcurrentHashMap<>();

    /** One group. */
    private final class Node implements Cgroup {

        private final String name;
        private final @Nullable Node above;
        private final Map<String, Node> children = new TreeMap<>();
        /** Controllers that the groups below have. */
        private final Map<String, CgroupController> subtree = new TreeMap<>();
        /** Files of controllers that this group has, by controller. */
        private final Map<String, Map<String, PseudoFile>> files = new LinkedHashMap<>();

        Node(String name, @Nullable Node above) {
            this.name = name;
            this.above = above;
        }

        @Override
        public String path() {
            return above == null ? "/" : above.isRoot() ? "/" + name : above.path() + "/" + name;
        }

        @Override
        public boolean isRoot() {
            return above == null;
        }

        @Override
        public Node parent() {
            return above == null ? this : above;
        }

        boolean has(CgroupController controller) {
            return above != null && above.subtree.containsKey(controller.name());
        }

        List<Process> procs() {
            return processes.living().stream().filter(p -> members.getOrDefault(p.pid(), root) == this).toList();
        }

        void switchOn(CgroupController controller) {
            files.put(controller.name(), controller.files(this));
        }

        void switchOff(CgroupController controller) {
            files.remove(controller.name());
            controller.removed(this, CgroupTree.this.above(this, controller));
        }
    }

    /** The root alone. */
    public CgroupTree(ProcessTable processes) {
        this.processes = processes;
        processes.onFork((parent, child) -> {
            Node group = members.get(parent);
            if (group != null) {
                members.put(child, group);
            }
        });
    }

    @Override
    public void register(CgroupController controller) {
        controllers.put(controller.name(), controller);
    }

    @Override
    public Cgroup chargedTo(AddressSpace space, CgroupController controller) {
        if (members.isEmpty()) {
            return root;
        }
        for (Process process : processes.living()) {
            if (process.space() == space) {
                Node group = members.getOrDefault(process.pid(), root);
                return group.has(controller) ? group : above(group, controller);
            }
        }
        return root;
    }

    @Override
    public Cgroup above(Cgroup group, CgroupController controller) {
        Node node = ((Node) group).parent();
        while (!node.isRoot() && !node.has(controller)) {
            node = node.parent();
        }
        return node;
    }

    // ---- folders ----------------------------------------------------------------------------------------------

    private @Nullable Node node(String path) {
        Node node = root;
        for (String name : path.split("/")) {
            if (name.isEmpty()) {
                continue;
            }
            Node next = node.children.get(name);
            if (next == null) {
                return null;
            }
            node = next;
        }
        return node;
    }

    private static String folder(String path) {
        return path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : "";
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** mkdir of {@code path} below {@link #MOUNT}: 0, -EEXIST, -ENOENT without the folder above, -EINVAL for a name with a newline. */
    public int mkdir(String path) {
        Node above = node(folder(path));
        String name = last(path);
        if (above == null) {
            return -Errno.ENOENT;
        }
        if (name.isEmpty() || above.children.containsKey(name) || find(path) != null) {
            return -Errno.EEXIST;
        }
        if (name.contains("\n")) {
            return -Errno.EINVAL;
        }
        Node node = new Node(name, above);
        above.children.put(name, node);
        above.subtree.values().forEach(node::switchOn);
        return 0;
    }

    /** rmdir of {@code path}: 0, -ENOENT, or -EBUSY while there are processes in it or groups below it. */
    public int rmdir(String path) {
        Node node = node(path);
        if (node == null) {
            return -Errno.ENOENT;
        }
        Node above = node.parent();
        if (node.isRoot() || !node.children.isEmpty() || !node.procs().isEmpty()) {
            return -Errno.EBUSY;
        }
        above.subtree.values().forEach(node::switchOff);
        above.children.remove(node.name);
        return 0;
    }

    @Override
    public List<String> list(String path) {
        Node node = node(path);
        if (node == null) {
            return List.of();
        }
        List<String> names = new ArrayList<>(List.of("cgroup.controllers", "cgroup.procs", "cgroup.subtree_control"));
        node.files.values().forEach(files -> names.addAll(files.keySet()));
        names.addAll(node.children.keySet());
        return names;
    }

    @Override
    public @Nullable PseudoFile find(String path) {
        Node node = node(folder(path));
        if (node == null) {
            return null;
        }
        switch (last(path)) {
            case "cgroup.controllers":
                return () -> line(node.isRoot() ? controllers : node.parent().subtree);
            case "cgroup.subtree_control":
                return new Writable(() -> line(node.subtree), text -> control(node, text));
            case "cgroup.procs":
                return new Writable(() -> node.procs().stream().map(p -> p.pid() + "\n").collect(Collectors.joining()),
                        text -> attach(node, text));
            default:
                for (Map<String, PseudoFile> files : node.files.values()) {
                    PseudoFile file = files.get(last(path));
                    if (file != null) {
                        return file;
                    }
                }
                return null;
        }
    }

    private static String line(Map<String, CgroupController> names) {
        return String.join(" ", names.keySet()) + "\n";
    }

    private record Writable(Text text, Setter setter) implements PseudoFile {

        interface Text {
            String get();
        }

        interface Setter {
            int set(String text);
        }

        @Override
        public String read() {
            return text.get();
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public int write(String written) {
            return setter.set(written);
        }
    }

    /** Words +name and -name: -EINVAL for others, -ENOENT for a controller that this group lacks, -EBUSY against the rules of v2. */
    private int control(Node node, String text) {
        List<String> words = text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
        for (String word : words) {
            String name = word.substring(1);
            if (!word.startsWith("+") && !word.startsWith("-") || !controllers.containsKey(name)) {
                return -Errno.EINVAL;
            }
            boolean available = node.isRoot() || node.parent().subtree.containsKey(name);
            if (word.startsWith("+") && !available) {
                return -Errno.ENOENT;
            }
            // processes may only be in groups without controlled groups below, the root aside
            boolean busy = word.startsWith("+") ? !node.isRoot() && !node.procs().isEmpty()
                    : node.children.values().stream().anyMatch(child -> child.subtree.containsKey(name));
            if (busy) {
                return -Errno.EBUSY;
            }
        }
        for (String word : words) {
            String name = word.substring(1);
            CgroupController controller = controllers.get(name);
            if (controller != null && word.startsWith("+") && node.subtree.putIfAbsent(name, controller) == null) {
                node.children.values().forEach(child -> child.switchOn(controller));
            } else if (controller != null && word.startsWith("-") && node.subtree.containsKey(name)) {
                node.children.values().forEach(child -> child.switchOff(controller));
                node.subtree.remove(name);
            }
        }
        return 0;
    }

    /** Moves the process with the number in {@code text}: -EINVAL for no number, -ESRCH without such a process, -EBUSY as above. */
    private int attach(Node node, String text) {
        int pid;
        try {
            pid = Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            return -Errno.EINVAL;
        }
        if (processes.find(pid) == null) {
            return -Errno.ESRCH;
        }
        if (!node.isRoot() && !node.subtree.isEmpty()) {
            return -Errno.EBUSY;
        }
        if (node.isRoot()) {
            members.remove(pid);
        } else {
            members.put(pid, node);
        }
        return 0;
    }
}
