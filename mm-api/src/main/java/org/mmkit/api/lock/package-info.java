/** Locks of a machine with several processors; no-ops on a machine with one. */
@NullMarked
package org.mmkit.api.lock;

import org.jspecify.annotations.NullMarked;
