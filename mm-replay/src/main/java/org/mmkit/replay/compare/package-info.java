/** Replays one recording on one machine per policy, at the same time, and checks the model against the recording. */
@NullMarked
package org.mmkit.replay.compare;

import org.jspecify.annotations.NullMarked;
