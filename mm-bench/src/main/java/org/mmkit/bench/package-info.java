/** Benchmarks; each figure in docs/performance.md names one of them. */
@NullMarked
package org.mmkit.bench;

import org.jspecify.annotations.NullMarked;
