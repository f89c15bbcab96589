/**
 * What can be seen of a process's memory from outside: the sums of /proc/PID/smaps, the pages of /proc/PID/pagemap, the words of
 * /proc/kpageflags, each as values and without text.
 */
@NullMarked
package org.mmkit.core.observe;

import org.jspecify.annotations.NullMarked;
