/**
 * Readers of recordings: {@code perf script} text and {@code strace} logs become one compact log of memory events.
 *
 * <p>A recording is decoded once into primitive columns ({@link org.mmkit.replay.reader.EventLog}) and then replayed as often as wanted, by
 * many threads at the same time. What could not be understood is counted and told ({@link org.mmkit.replay.reader.Diagnostics}), never
 * thrown away in silence.
 */
@NullMarked
package org.mmkit.replay.reader;

import org.jspecify.annotations.NullMarked;
