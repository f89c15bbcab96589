/** The files below /sys/kernel/mm/transparent_hugepage. */
@NullMarked
package org.mmkit.thp.sysfs;

import org.jspecify.annotations.NullMarked;
