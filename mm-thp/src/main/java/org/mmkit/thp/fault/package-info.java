/** Faults on huge pages, and what becomes of huge leaves when ranges change. */
@NullMarked
package org.mmkit.thp.fault;

import org.jspecify.annotations.NullMarked;
