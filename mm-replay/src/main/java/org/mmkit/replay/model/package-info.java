/** What is asked and what is answered: policies, the figures of one replay, the self-check, and the comparison of several. */
@NullMarked
package org.mmkit.replay.model;

import org.jspecify.annotations.NullMarked;
