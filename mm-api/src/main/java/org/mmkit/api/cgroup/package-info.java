/** Groups of processes, and what limits and counts their memory (Documentation/admin-guide/cgroup-v2.rst). */
@NullMarked
package org.mmkit.api.cgroup;

import org.jspecify.annotations.NullMarked;
