package org.mmkit.api.cgroup;

import org.mmkit.api.space.AddressSpace;

/** The groups of a machine's processes. */
public interface Cgroups {

    /** Registers {@code controller}; it can then be switched on in cgroup.subtree_control. */
    void register(CgroupController controller);

    /** The group that {@code space} is charged to for {@code controller}: the nearest one where it is switched on, or the root. */
    Cgroup chargedTo(AddressSpace space, CgroupController controller);

    /** The nearest group above {@code group} where {@code controller} is switched on, or the root. */
    Cgroup above(Cgroup group, CgroupController controller);
}
