package org.mmkit.thp;

import org.mmkit.api.Errno;
import org.mmkit.api.feature.FeatureContext;
import org.mmkit.api.space.AddressSpace;

/** prctl(PR_SET_THP_DISABLE) and prctl(PR_GET_THP_DISABLE): a process, and what it forks, does without huge pages. */
final class OptOut {

    private static final int PR_SET_THP_DISABLE = 41;
    private static final int PR_GET_THP_DISABLE = 42;
    /** Areas under MADV_HUGEPAGE keep them; a flag of PR_SET_THP_DISABLE. */
    private static final long EXCEPT_ADVISED = 1 << 1;

    private final Thp thp;

    OptOut(Thp thp) {
        this.thp = thp;
    }

    void register(FeatureContext context) {
        context.prctl(PR_SET_THP_DISABLE, this::set);
        context.prctl(PR_GET_THP_DISABLE, this::get);
        context.status("THP_enabled", "", space -> space.testFlag(thp.disabled) ? 0 : 1);
    }

    private long set(AddressSpace space, long disable, long flags, long arg4, long arg5) {
        long known = thp.profile.hasThpDisableFlags() ? EXCEPT_ADVISED : 0;
        if (arg4 != 0 || arg5 != 0 || disable == 0 && flags != 0 || (flags & ~known) != 0) {
            return -Errno.EINVAL;
        }
        space.clearFlag(thp.disabled);
        space.clearFlag(thp.disabledExceptAdvised);
        if (disable != 0) {
            space.setFlag(flags == 0 ? thp.disabled : thp.disabledExceptAdvised);
        }
        return 0;
    }

    private long get(AddressSpace space, long arg2, long arg3, long arg4, long arg5) {
        if ((arg2 | arg3 | arg4 | arg5) != 0) {
            return -Errno.EINVAL;
        }
        if (space.testFlag(thp.disabled)) {
            return 1;
        }
        return space.testFlag(thp.disabledExceptAdvised) ? 1 | EXCEPT_ADVISED : 0;
    }
}
