package org.mmkit.scenario;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mmkit.api.Errno;
import org.mmkit.api.ErrnoException;
import org.mmkit.core.gup.PinnedPages;
import org.mmkit.core.process.Process;
import org.mmkit.core.vfs.FileTable;

/** A process that runs lines of a scenario. Not thread-safe. */
final class Task {

    /** Handles of pins look like descriptors that no scenario opens so many of. */
    private static final long FIRST_PIN = 1 << 20;

    private final Optional<Task> parent;
    private final Process process;
    private final FileTable files;
    private final Evaluator names;
    private final Map<Long, PinnedPages> pins = new HashMap<>();
    private final Set<Long> unpinned = new HashSet<>();
    private long nextPin = FIRST_PIN;

    Task(Optional<Task> parent, Process process, FileTable files, Evaluator names) {
        this.parent = parent;
        this.process = process;
        this.files = files;
        this.names = names;
    }

    /** The task that forked this one; empty for the one that the scenario starts in. */
    Optional<Task> parent() {
        return parent;
    }

    Process process() {
        return process;
    }

    FileTable files() {
        return files;
    }

    Evaluator names() {
        return names;
    }

    /** The child that fork makes; empty when there was no memory for it. */
    Optional<Task> fork() {
        try {
            Process child = process.fork();
            return Optional.of(new Task(Optional.of(this), child, files.fork(child), names.copy()));
        } catch (ErrnoException e) {
            return Optional.empty();
        }
    }

    /** Pins a range and sets {@code name} to the handle: 0, or a negated error number. */
    long pin(String name, long address, long length) {
        long handle = nextPin++;
        names.set(name, handle);
        if (length < 0) {
            return -Errno.EINVAL;
        }
        if (address + length < address) {
            return -Errno.EOVERFLOW;
        }
        if (length <= 0 || length > 1 << 30) {
            return -Errno.EFAULT;
        }
        try {
            pins.put(handle, process.pin(address, length));
            return 0;
        } catch (ErrnoException e) {
            return -e.errno();
        }
    }

    /** Drops the pins of {@code handle}, which is closed then, even if pinning had failed. */
    long unpin(long handle) {
        if (handle < FIRST_PIN || handle >= nextPin || !unpinned.add(handle)) {
            return -Errno.EBADF;
        }
        PinnedPages pages = pins.remove(handle);
        if (pages == null) {
            return -Errno.ENXIO;
        }
        pages.release();
        return 0;
    }

    /** Ends the process: its memory, its pins and its files go. */
    void exit() {
        process.exit();
        pins.values().forEach(PinnedPages::release);
        files.closeAll();
    }
}
