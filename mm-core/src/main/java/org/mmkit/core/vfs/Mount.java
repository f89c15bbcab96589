package org.mmkit.core.vfs;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mmkit.api.file.FileSystem;

/** A file system at a directory. */
final class Mount {

    final String directory;
    final FileSystem fileSystem;
    boolean readOnly;
    /** Files by their name below the directory. */
    final Map<String, Node> names = new LinkedHashMap<>();
    /** All living files, unlinked ones included. */
    final Set<Node> nodes = new HashSet<>();

    Mount(String directory, FileSystem fileSystem, boolean readOnly) {
        this.directory = directory;
        this.fileSystem = fileSystem;
        this.readOnly = readOnly;
    }

    boolean isBusy() {
        return nodes.stream().anyMatch(Node::isBusy);
    }

    /** Whether a file is open or mapped for writing, or lives on without a name: then it cannot become read-only. */
    boolean hasWriters() {
        return nodes.stream().anyMatch(node -> node.hasWriters() || node.isUnlinked());
    }

    /** Removes all files and the file system. */
    void takeAway() {
        List<Node> all = List.copyOf(names.values());
        names.clear();
        all.forEach(Node::unlink);
        fileSystem.unmounted();
    }
}
