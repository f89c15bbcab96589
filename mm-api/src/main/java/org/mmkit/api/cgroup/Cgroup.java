package org.mmkit.api.cgroup;

/** One group of processes. Compared by identity. */
public interface Cgroup {

    /** Its path below the root, {@code "/"} for the root itself. */
    String path();

    /** Whether it is the root, which nothing limits. */
    boolean isRoot();

    /** The group above; the root's is itself. */
    Cgroup parent();
}
