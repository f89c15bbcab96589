/** Who makes a system call: address space, user, groups, capabilities, limits. */
@NullMarked
package org.mmkit.api.task;

import org.jspecify.annotations.NullMarked;
