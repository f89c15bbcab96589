/**
 * Tracing: events named after the kernel's tracepoints, as ftrace's text and as JDK Flight Recorder events.
 *
 * <pre>
 *   allocator, compaction, reclaim, faults, khugepaged
 *        │ isOn? emit(fields)
 *        ▼
 *   {@link org.mmkit.core.trace.TraceEvent} ──► a ring of records ──► /sys/kernel/tracing/trace
 *        └──────────────────► events of the JDK Flight Recorder
 * </pre>
 */
@NullMarked
package org.mmkit.core.trace;

import org.jspecify.annotations.NullMarked;
