package org.mmkit.api.cgroup;

import java.util.Map;
import org.mmkit.api.file.PseudoFile;

/** Limits and counts one resource by group (Linux: struct cgroup_subsys). */
public interface CgroupController {

    /** Its name in cgroup.controllers, {@code "hugetlb"}. */
    String name();

    /** The files that it gives {@code group}, by name; asked once, when it is switched on for a group that is not the root. */
    Map<String, PseudoFile> files(Cgroup group);

    /** It is switched off for {@code group}, or the group is gone: what it counts belongs to {@code heir} from now on. */
    void removed(Cgroup group, Cgroup heir);
}
