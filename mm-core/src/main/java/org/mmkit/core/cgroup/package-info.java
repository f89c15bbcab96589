/** The hierarchy of control groups below /sys/fs/cgroup. */
@NullMarked
package org.mmkit.core.cgroup;

import org.jspecify.annotations.NullMarked;
