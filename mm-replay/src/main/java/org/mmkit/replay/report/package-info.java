/** Comparisons written for people and programs: terminal table, JSON, one self-contained HTML page; and the recommendation. */
@NullMarked
package org.mmkit.replay.report;

import org.jspecify.annotations.NullMarked;
